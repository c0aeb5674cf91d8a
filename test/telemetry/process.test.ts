import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { skein } from '../cli/skein.ts';
import { ROOT, startServer, temporary, until } from '../support/server.ts';

interface Line {
  readonly name: string;
  readonly trace: string;
  readonly id: string;
  readonly parent?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const module = join(ROOT, 'test/telemetry/programs/threaded.ts');
const sdk = pathToFileURL(join(ROOT, 'test/telemetry/programs/sdk.ts')).href;

test('a run that a kill cut through is one trace, and so is what a thread does for it', async () => {
  const data = temporary();
  const [file, gate] = [join(data, 'spans'), join(data, 'gate')];
  const env = { SKEIN_OTEL: '1', NODE_OPTIONS: `--import ${sdk}`, TEST_SPANS: file };
  const spans = (): Line[] =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as Line)
      : [];
  const named = (name: string): Line[] => spans().filter((span) => span.name === name);

  const before = await startServer({ module, data, env });
  await before.start('threaded', gate, 'r');
  await until(async () =>
    (await before.json<{ progress: { done: number } }>('/runs/r')).progress.done === 1 ? 1 : undefined,
  );
  const { stderr } = await before.kill();
  const [started] = named('start threaded');
  const [attempt] = named('attempt compute');
  const inside = spans().filter((span) => span.name === 'inside');
  expect(inside).toMatchObject([{ trace: started?.trace, parent: attempt?.id }]);
  const line = stderr.split('\n').find((one) => one.includes('computing')) ?? '{}';
  expect(JSON.parse(line)).toMatchObject({ trace: started?.trace, span: attempt?.id });
  // The span of the run was open when the process was killed: nobody can send it any more.
  expect(named('run threaded')).toEqual([]);

  writeFileSync(gate, '');
  const after = await startServer({ module, data, env });
  await after.over('r');
  await after.stop();
  const request = named('POST /workflows/:name/runs')[0];
  expect(named('start threaded')).toEqual([expect.objectContaining({ parent: request?.id })]);
  expect(named('run threaded')).toMatchObject([
    { parent: started?.id, attributes: { 'skein.resumed': true, 'skein.outcome': 'succeeded' } },
  ]);
  expect(named('step hold')).toMatchObject([{ parent: named('run threaded')[0]?.id }]);
  expect(named('attempt hold')).toMatchObject([{ parent: named('step hold')[0]?.id }]);
  const ofTheRun = spans().filter((span) => !/^(GET|POST) /.test(span.name));
  expect(new Set(ofTheRun.map((span) => span.trace))).toEqual(new Set([request?.trace]));
});

test('who asks for telemetry that is not there is told in one line', async () => {
  const without = await skein(['runs', '--module', module, '--data', temporary()], { env: { SKEIN_OTEL: '1' } });
  expect(without).toMatchObject({ code: 2, stdout: '' });
  expect(without.stderr).toMatch(/^skein: SKEIN_OTEL=1, but no OpenTelemetry SDK is registered: .*\n$/);
  const wrong = await skein(['runs', '--module', module, '--data', temporary()], { env: { SKEIN_OTEL: 'yes' } });
  expect(wrong.stderr).toBe("skein: SKEIN_OTEL: must be 1 or 0, not 'yes'\n");
});
