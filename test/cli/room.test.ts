import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RunStatus } from '../../core/index.ts';
import { OFFICE, type Server, startServer, temporary } from '../support/server.ts';
import { skein } from './skein.ts';

interface Way {
  readonly name: string;
  server?: Server;
  env: Record<string, string>;
}

/** The same commands, with a server on the data folder and without one. */
const ways: readonly Way[] = [
  { name: 'server up', env: {} },
  { name: 'server down', env: {} },
];

beforeAll(async () => {
  const [up, down] = ways as [Way, Way];
  up.server = await startServer({ module: OFFICE });
  // Not the office: what has a server's folder asks the server, and loads no module.
  up.env = { SKEIN_DATA: up.server.data };
  down.env = { SKEIN_DATA: temporary() };
});

describe.each(ways)('$name', (way) => {
  const run = (args: readonly string[], input?: string) =>
    skein(way.server === undefined ? [...args, '--module', OFFICE] : args, {
      env: way.env,
      ...(input !== undefined && { input }),
    });

  test('run waits and prints the output', async () => {
    const { code, stdout, stderr } = await run(['run', 'greet', '--input', '{"name":"Ada"}', '--id', 'a1']);
    expect([code, JSON.parse(stdout)]).toEqual([0, { greeting: 'Hello, Ada' }]);
    expect(stderr).toBe('run a1\n');
  });

  test('run takes its input from a file, from standard input, or goes without', async () => {
    const file = join(temporary(), 'input.json');
    writeFileSync(file, '{"name":"Bob"}');
    expect(JSON.parse((await run(['run', 'greet', '--input', `@${file}`])).stdout)).toEqual({ greeting: 'Hello, Bob' });
    const piped = await run(['run', 'greet', '--input', '-'], '{"name":"Cid"}');
    expect(JSON.parse(piped.stdout)).toEqual({ greeting: 'Hello, Cid' });
    expect(JSON.parse((await run(['run', 'welcome'])).stdout)).toEqual({ greeting: 'Hello, you' });
  });

  test('run --json prints the whole status on one line', async () => {
    const { stdout } = await run(['run', 'greet', '--input', '{"name":"Ada"}', '--id', 'a1', '--json']);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ id: 'a1', status: 'succeeded', output: { greeting: 'Hello, Ada' } });
  });

  test('run --watch writes plain lines where there is no terminal', async () => {
    const { stdout, stderr } = await run(['run', 'many', '--input', '{"items":[1,2,3]}', '--watch']);
    expect(JSON.parse(stdout)).toEqual([1, 2, 3]);
    expect(stderr).toMatch(/^run .+\n(many \d+\/\d+ steps\n)*many 3\/3 steps\n$/);
    expect(stderr).not.toContain('\u001b');
  });

  test('run ends with 1 where the run failed', async () => {
    const { code, stdout, stderr } = await run(['run', 'failing', '--id', 'a2']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('failed: Refused: the answer is no\n');
    const json = await run(['run', 'failing', '--id', 'a2', '--json']);
    expect([json.code, (JSON.parse(json.stdout) as RunStatus).error?.name]).toEqual([1, 'Refused']);
  });

  test('what the room refuses is one line and ends with 1', async () => {
    const cases: [string[], RegExp][] = [
      [['run', 'greet', '--input', '{}'], /^skein: InvalidInput: name: .+\n$/],
      [['run', 'greet', '--input', '{"name":"Bob"}', '--id', 'a1'], /^skein: Conflict: .+\n$/],
      [['run', 'nobodys'], /^skein: NotFound: no workflow "nobodys"\n$/],
      [['show', 'nobodys'], /^skein: NotFound: no run "nobodys"\n$/],
      [['cancel', 'a1'], /^skein: Conflict: .+\n$/],
      [['runs', '--status', 'odd'], /^skein: InvalidInput: status: .+\n$/],
    ];
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await run(args);
      expect(stderr).toMatch(message);
      expect([code, stdout]).toEqual([1, '']);
    }
  });

  test('run --detach, event, show and cancel', async () => {
    const { code, stdout } = await run(['run', 'approve', '--detach', '--id', 'a3']);
    expect([code, stdout]).toEqual([0, 'a3\n']);
    expect((await run(['event', 'a3', 'approved', '--data', '{"by":"ada"}'])).stderr).toBe(
      "run a3 has got 'approved'\n",
    );
    const { stdout: output } = await run(['run', 'approve', '--id', 'a3']);
    expect(JSON.parse(output)).toBe('ada');

    await run(['run', 'approve', '--detach', '--id', 'a4']);
    expect(JSON.parse((await run(['cancel', 'a4', '--json'])).stdout)).toEqual({ id: 'a4' });
    expect(JSON.parse((await run(['show', 'a4', '--json'])).stdout)).toMatchObject({ status: 'cancelled' });
    expect((await run(['run', 'approve', '--id', 'a4'])).stderr).toContain('cancelled: Cancelled');
  });

  test('show prints the status and the steps', async () => {
    const { code, stdout } = await run(['show', 'a1']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^status +succeeded$/m);
    expect(stdout).toMatch(/^greet +succeeded +1 +\d+$/m);
    const shown = JSON.parse((await run(['show', 'a1', '--json'])).stdout) as RunStatus & { steps: { key: string }[] };
    expect(shown).toMatchObject({ id: 'a1', status: 'succeeded' });
    expect(shown.steps.map(({ key }) => key)).toEqual(['a1/greet']);
  });

  test('runs lists them, newest first, filtered and limited', async () => {
    const all = JSON.parse((await run(['runs', '--json'])).stdout) as RunStatus[];
    expect(all.at(-1)?.id).toBe('a1');
    const failed = JSON.parse((await run(['runs', '--json', '--status', 'failed'])).stdout) as RunStatus[];
    expect(failed.map(({ id }) => id)).toEqual(['a2']);
    const { stdout } = await run(['runs', '--workflow', 'greet', '--limit', '2']);
    expect(stdout).toMatch(/^ID +WORKFLOW +STATUS +STEPS +STARTED\n(.+ greet +succeeded +1\/1 .+\n){2}$/);
  });

  test('put stores files under their base names', async () => {
    const folder = temporary();
    mkdirSync(join(folder, 'deep'));
    const files = [join(folder, 'one text.txt'), join(folder, 'deep', 'two#.bin'), join(folder, 'empty')];
    const [one, two, empty] = files as [string, string, string];
    writeFileSync(one, 'one');
    writeFileSync(two, Buffer.alloc(200_000, 7));
    writeFileSync(empty, '');
    const { code, stdout, stderr } = await run(['put', 'desk', ...files, '--prefix', 'p/']);
    expect([code, stdout]).toEqual([0, 'p/one text.txt\np/two#.bin\np/empty\n']);
    expect(stderr).toMatch(/put 200003\/200003 bytes\n$/);
    const again = JSON.parse((await run(['put', 'desk', two, '--json'])).stdout) as object[];
    expect(again).toEqual([{ key: 'two#.bin', size: 200_000, etag: expect.any(String) }]);
    if (way.server !== undefined) {
      const stored = await way.server.withKey('/buckets/desk/p/two%23.bin');
      expect(Buffer.compare(Buffer.from(await stored.arrayBuffer()), readFileSync(two))).toBe(0);
    }
    expect((await run(['put', 'nobodys', one])).code).toBe(1);
  });
});
