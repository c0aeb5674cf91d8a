import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { childEnv, type Exit, follow, ROOT, temporary, until } from '../support/server.ts';
import { hasPackages, measured, plain, withPackages } from './measuring.ts';
import { hasAws, hasAzurite, titled } from './room-tools.ts';

interface Running {
  readonly verb: number;
  readonly ended: Promise<Exit>;
  readonly folder: string;
  /** Instances that serve. */
  readonly instances: readonly { readonly pid: number; readonly port: number }[];
  /** The verb's child. */
  readonly lab: number;
  /** The lab's own, and theirs. */
  readonly descendants: readonly number[];
}

/** A run with instances and a generator, in the middle of it. */
async function start(target = 'scale-set', there = new RegExp(`${target}: \\d+/120 s`)): Promise<Running> {
  const folder = temporary();
  const out = join(temporary(), 'out');
  const args = ['lab', 'run', 'lost-instance', '--targets', target, '--minutes', '2', '--out', out];
  const child = spawn(process.execPath, [join(ROOT, 'cli/skein.ts'), ...args], { env: childEnv({ TMPDIR: folder }) });
  const ended = follow(child);
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  await until(async () => (there.test(said) || child.exitCode !== null ? true : undefined));
  expect(said).toMatch(there);
  const instances = readdirSync(folder)
    .filter((name) => name.startsWith('skein-lab-'))
    .map((name) => {
      const { url, pid } = JSON.parse(readFileSync(join(folder, name, 'server.json'), 'utf8')) as {
        url: string;
        pid: number;
      };
      return { pid, port: Number(new URL(url).port) };
    });
  const [lab = 0] = childrenOf(child.pid!);
  return { verb: child.pid!, ended, folder, instances, lab, descendants: descendantsOf(lab) };
}

const childrenOf = (pid: number): number[] => {
  const all = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' });
  return all.split('\n').flatMap((line) => {
    const [child, parent] = line.trim().split(/\s+/).map(Number);
    return parent === pid && child !== undefined ? [child] : [];
  });
};

const descendantsOf = (pid: number): number[] => childrenOf(pid).flatMap((one) => [one, ...descendantsOf(one)]);

/** @param least how many processes there were at least: the reaper, the generator and what was measured. */
async function expectNothingLeft({ folder, instances, lab, descendants }: Running, least = 4): Promise<void> {
  expect(instances.length).toBe(least === 4 ? 2 : 1);
  expect(descendants.length).toBeGreaterThanOrEqual(least);
  for (const pid of [lab, ...descendants]) await until(async () => (alive(pid) ? undefined : true));
  for (const { port } of instances) expect(await accepts(port)).toBe(false);
  await until(async () => (readdirSync(folder).some((name) => name.startsWith('skein-lab-')) ? undefined : true));
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // What has ended and was not waited for yet is no process any more.
  const file = `/proc/${pid}/stat`;
  return !existsSync(file) || !/\) Z/.test(readFileSync(file, 'utf8'));
}

function accepts(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1', () => resolve(true));
  socket.once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}

describe.skipIf(!hasPackages || process.platform === 'win32')(withPackages('nothing is left of a run'), () => {
  test('that was interrupted with Ctrl-C: a terminal sends it to both', async () => {
    const running = await start();
    process.kill(running.lab, 'SIGINT');
    process.kill(running.verb, 'SIGINT');
    expect((await running.ended).code).toBe(130);
    await expectNothingLeft(running);
  }, 200_000);

  test('whose verb was killed', async () => {
    const running = await start();
    process.kill(running.verb, 'SIGKILL');
    await running.ended;
    await expectNothingLeft(running);
  }, 200_000);

  test('whose lab was killed, with an instance that hears no signal but one', async () => {
    const running = await start();
    process.kill(running.instances[0]!.pid, 'SIGSTOP');
    process.kill(running.lab, 'SIGKILL');
    expect((await running.ended).code).toBe(70);
    await expectNothingLeft(running);
  }, 200_000);

  /** The reaper, the generator, the room, its emulator, and a process of functions. */
  const WITH_ROOM = 5;

  test.skipIf(!hasAzurite)(
    titled(hasAzurite, 'of a room with a worker, which was interrupted'),
    async () => {
      const running = await start('azure-functions');
      process.kill(running.lab, 'SIGINT');
      process.kill(running.verb, 'SIGINT');
      expect((await running.ended).code).toBe(130);
      await expectNothingLeft(running, WITH_ROOM);
    },
    400_000,
  );

  test.skipIf(!hasAws)(
    titled(hasAws, 'of a room with sandboxes, whose lab was killed'),
    async () => {
      const running = await start('lambda', /lambda: .*fn-1 is ready/);
      process.kill(running.instances[0]!.pid, 'SIGSTOP');
      process.kill(running.lab, 'SIGKILL');
      expect((await running.ended).code).toBe(70);
      await expectNothingLeft(running, WITH_ROOM);
    },
    400_000,
  );

  test('that was interrupted while a server boots: it is not waited for', async () => {
    const stop = new AbortController();
    const target = { ...plain(), command: () => [join(ROOT, 'test/lab/programs/no-answer.ts')] };
    const fails = measured({ target, experiment: { seconds: 5, load: [{ perSecond: 1 }] }, signal: stop.signal });
    setTimeout(() => stop.abort(), 500);
    await expect(fails).rejects.toThrow(/vm-1 ended with SIGKILL/);
  });

  test('in which a server did not start, and the error says why', async () => {
    const before = childrenOf(process.pid).length;
    const target = { ...plain(), command: () => [join(ROOT, 'test/lab/programs/no-server.ts')] };
    const fails = measured({ target, experiment: { seconds: 5, load: [{ perSecond: 1 }] } });
    await expect(fails).rejects.toThrow(/^instance vm-1 ended with 3: no disk today$/);
    await until(async () => (childrenOf(process.pid).length <= before ? true : undefined));
  });
});
