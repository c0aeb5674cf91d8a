import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { childEnv, follow, OFFICE, ROOT, SLOW, startServer, temporary, until } from '../support/server.ts';
import { skein } from './skein.ts';

describe('dev', () => {
  test('S5: npm run -s skein is the command line of a checkout, and hands signals on', async () => {
    const child = spawn('npm', ['run', '-s', 'skein', '--', 'dev', '--module', OFFICE], {
      cwd: ROOT,
      env: childEnv({ SKEIN_DATA: temporary(), PORT: '0' }),
      detached: true,
    });
    const ended = follow(child);
    onTestFinished(() => endGroup(child.pid!));
    let stdout = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    await until(async () => (stdout.includes('admin key') ? true : undefined));
    expect(stdout).toMatch(
      /^skein serves one app at http:\/\/127\.0\.0\.1:\d+\n {2}Office\nadmin key: in .+\/admin\.key\n$/,
    );
    expect((await fetch(/http:\S+/.exec(stdout)?.[0] ?? '')).status).toBe(200);
    // A terminal's Ctrl-C and a service manager reach the whole group; npm alone does not hand SIGTERM on in every version.
    process.kill(-child.pid!, 'SIGTERM');
    // The pipes close when the server has gone too, not only npm and its shell.
    expect((await ended).stderr).toContain('stopping: ');
  });

  test('says where it is in server.json, and removes it when it stops', async () => {
    const server = await startServer({ module: OFFICE });
    const file = join(server.data, 'server.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ url: server.url, pid: server.pid });
    const { code, stderr } = await server.stop();
    expect([code, existsSync(file)]).toEqual([0, false]);
    expect(stderr).toContain('stopping');
  });

  const strays = [
    ['a rejected promise', 'void Promise.reject(new Error(text))', 'a promise was rejected, and nobody waited for it'],
    [
      'an exception in a timer',
      'setTimeout(() => { throw new Error(text); })',
      'an exception was thrown outside of every request and step',
    ],
    [
      'an exception without a text',
      'setTimeout(() => { throw Object.assign(Object.create(null), { text }); })',
      'an exception was thrown outside of every request and step',
    ],
  ] as const;
  test.each(
    strays,
  )('%s that a step left behind is logged without secrets, and ends nothing', async (_what, left, said) => {
    const module = join(temporary(), 'app.ts');
    writeFileSync(
      module,
      `import { app, step, workflow } from '${ROOT}/core/index.ts';
       import { setTimeout as sleep } from 'node:timers/promises';
       const text = 'left behind beside ' + process.env.SKEIN_ADMIN_KEY;
       const careless = step('careless', { run: () => { ${left}; return 'done'; } });
       const later = step('later', { run: () => sleep(50, 'later') });
       export default app('careless', { workflows: [workflow('careless', { run: (input) => [careless(input), later(input)] })] });\n`,
    );
    const key = 'a-key-that-no-log-may-show';
    const server = await startServer({ module, env: { SKEIN_ADMIN_KEY: key } });
    await server.start('careless', {}, 'left');
    expect((await server.over('left')).output).toEqual(['done', 'later']);
    const { code, stderr } = await server.stop();
    const lines = stderr.split('\n').filter((line) => line.startsWith('{'));
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ message: said, error: expect.stringContaining('left behind beside [redacted]') }),
    ]);
    expect([code, stderr.includes(key)]).toEqual([0, false]);

    // A verb that opens the folder itself does its work, too.
    const env = { SKEIN_DATA: server.data, SKEIN_ADMIN_KEY: key };
    const alone = await skein(['run', 'careless', '--module', module], { env });
    expect([alone.code, JSON.parse(alone.stdout)]).toEqual([0, ['done', 'later']]);
    expect(alone.stderr).toContain(said);
  });

  test('a log that nobody reads any more ends nothing', async () => {
    const module = join(temporary(), 'app.ts');
    writeFileSync(
      module,
      `import { app, step, workflow } from '${ROOT}/core/index.ts';
       const careless = step('careless', { run: () => { setTimeout(() => { throw new Error('unread'); }); return 'done'; } });
       export default app('careless', { workflows: [workflow('careless', { run: (input) => careless(input) })] });\n`,
    );
    const server = await startServer({ module });
    server.stderr.destroy();
    for (const id of ['one', 'two']) {
      await server.start('careless', {}, id);
      expect((await server.over(id)).output).toBe('done');
    }
    expect((await server.stop()).code).toBe(0);
  });

  test('a server.json that kill -9 left behind misleads nobody', async () => {
    const server = await startServer({ module: OFFICE });
    await server.kill();
    expect(existsSync(join(server.data, 'server.json'))).toBe(true);
    const { code, stdout } = await skein(['runs', '--json', '--module', OFFICE], { env: { SKEIN_DATA: server.data } });
    expect([code, stdout]).toEqual([0, '[]\n']);
  });

  test('a port in use and a folder in use are one line each, with what to do, and end with 3', async () => {
    const holder = createServer();
    await new Promise<void>((ready) => holder.listen(0, '127.0.0.1', ready));
    const { port } = holder.address() as { port: number };
    const taken = await skein(['dev', '--module', OFFICE, '--port', String(port), '--data', temporary()]);
    await new Promise((closed) => holder.close(closed));
    expect([taken.code, taken.stdout]).toEqual([3, '']);
    expect(taken.stderr).toBe(
      `skein: port ${port} is in use: stop what listens there, or choose another with --port or PORT\n`,
    );

    const server = await startServer({ module: OFFICE });
    const second = await skein(['dev', '--module', OFFICE, '--port', '0', '--data', server.data]);
    expect([second.code, second.stdout]).toEqual([3, '']);
    expect(second.stderr).toBe(
      `skein: ${server.data} belongs to process ${server.pid}: stop it, or choose another folder with SKEIN_DATA (it serves ${server.url})\n`,
    );
    expect((await server.request('/')).status).toBe(200);
  });

  test('a room that is none, and one whose tools are not there, are one line each, with what to do, and end with 2', async () => {
    const unknown = await skein(['dev', '--room', 'asw', '--data', temporary()]);
    expect([unknown.code, unknown.stdout, unknown.stderr]).toEqual([
      2,
      '',
      expect.stringMatching(/^skein: --room: no room 'asw'; did you mean 'aws'\? \(there are: local, aws.*\)\n/),
    ]);
    const data = temporary();
    const env = { XDG_CACHE_HOME: temporary(), SKEIN_DATA: data };
    const without = await skein(['dev', '--room', 'aws', '--port', '0', '--module', OFFICE], { env });
    expect([without.code, without.stdout, without.stderr]).toEqual([
      2,
      '',
      "skein: AWS's runtime interface client is not built on this machine: npm run tools:aws-ric does that once, in a minute or two\n",
    ]);
    // The folder was given back.
    expect((await skein(['runs', '--json', '--module', OFFICE], { env })).stdout).toBe('[]\n');
  });

  test('a folder that a process without a server has is one line too', async () => {
    const data = temporary();
    const { run, waiting } = await atTheGate(data);
    const { code, stderr } = await skein(['runs', '--module', SLOW], { env: { SKEIN_DATA: data } });
    expect([code, stderr]).toEqual([3, expect.stringMatching(/^skein: .+ belongs to process \d+: .+\n$/)]);
    waiting();
    expect((await run).code).toBe(0);
  });

  test.each([
    'SIGTERM',
    'SIGINT',
  ] as const)('%s lets running steps end; the run goes on at the next start', async (signal) => {
    const data = temporary();
    const gate = join(data, 'gate');
    const log = join(data, 'log');
    const server = await startServer({ module: SLOW, data });
    await server.start('slow', { items: [0, 1], wait: 0, gate, log }, 'drained');
    await until(async () => (existsSync(log) ? true : undefined));
    server.signal(signal);
    await until(() =>
      fetch(server.url).then(
        () => undefined,
        () => true,
      ),
    );
    writeFileSync(gate, '');
    expect((await server.ended).code).toBe(0);

    const next = await startServer({ module: SLOW, data });
    expect((await next.over('drained')).output).toEqual([0, 1]);
    expect(readFileSync(log, 'utf8')).toBe('drained/turn/0\ndrained/turn/1\n');
  });

  test('a second SIGINT ends it at once', async () => {
    const data = temporary();
    const server = await startServer({ module: SLOW, data });
    const log = join(data, 'log');
    await server.start('slow', { items: [0], wait: 0, gate: join(data, 'gate'), log }, 'cut');
    await until(async () => (existsSync(log) ? true : undefined));
    let gone = false;
    const ended = server.ended.then((exit) => {
      gone = true;
      return exit;
    });
    // One that comes at once is taken for an echo of the first: so it is sent until it is obeyed.
    await until(async () => {
      server.signal('SIGINT');
      return gone || undefined;
    });
    expect((await ended).code).toBe(130);
  });
});

describe('Ctrl-C while run waits', () => {
  test('leaves the run to the server, and says so', async () => {
    const server = await startServer({ module: OFFICE });
    const { code, stderr } = await interrupted(['run', 'approve', '--id', 'c1'], { SKEIN_DATA: server.data });
    expect([code, stderr]).toEqual([130, 'run c1\nrun c1 goes on; look at it with: skein show c1\n']);
    expect(await server.json('/runs/c1')).toMatchObject({ status: 'running' });
  });

  test('leaves it in the folder where there is no server', async () => {
    const data = temporary();
    const { code, stderr } = await interrupted(['run', 'approve', '--id', 'c2', '--module', OFFICE], {
      SKEIN_DATA: data,
    });
    expect([code, stderr]).toEqual([
      130,
      expect.stringContaining('run c2 is not over: it goes on when the data folder'),
    ]);
    const server = await startServer({ module: OFFICE, data });
    await server.withKey('/runs/c2/events/approved', { method: 'POST', body: '{"by":"ada"}' });
    expect(await server.over('c2')).toMatchObject({ status: 'succeeded', output: 'ada' });
  });
});

async function interrupted(args: readonly string[], env: Record<string, string>) {
  const child = spawn(process.execPath, ['cli/skein.ts', ...args], { cwd: ROOT, env: childEnv(env) });
  const ended = follow(child);
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += chunk));
  await until(async () => (/^run c\d\n/m.test(stderr) ? true : undefined));
  child.kill('SIGINT');
  return ended;
}

/** A `run` without a server whose step waits for a file; it has the folder meanwhile. */
async function atTheGate(data: string) {
  const files = { gate: join(data, 'gate'), log: join(data, 'log') };
  const input = JSON.stringify({ items: [0], wait: 0, ...files });
  const run = skein(['run', 'slow', '--input', input, '--module', SLOW], { env: { SKEIN_DATA: data } });
  await until(async () => (existsSync(files.log) ? true : undefined));
  return { run, waiting: () => writeFileSync(files.gate, '') };
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
