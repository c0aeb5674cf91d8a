import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { StepRecord } from '../../core/workflow/runs.ts';
import { type Server, SLOW, startServer, temporary, until } from '../support/server.ts';

const stepsOf = async (server: Server, id: string): Promise<StepRecord[]> =>
  (await server.json<{ items: StepRecord[] }>(`/runs/${id}/steps`)).items;

const succeeded = (steps: readonly StepRecord[]): StepRecord[] => steps.filter((step) => step.status === 'succeeded');

test('a run that kill -9 met in the middle goes on, and finished steps are not run again', async () => {
  const folder = temporary();
  const gate = join(folder, 'gate');
  const log = join(folder, 'log');
  const input = { items: [0, 1, 2, 3, 4, 5], wait: 3, gate, log };
  const calls = (): string[] => readFileSync(log, 'utf8').trim().split('\n');

  const first = await startServer({ module: SLOW });
  await first.start('slow', input, 'crash');
  const before = await until(async () => {
    const steps = await stepsOf(first, 'crash');
    return steps.length === 4 && succeeded(steps).length === 3 && calls().length === 4 ? steps : undefined;
  });
  await first.kill();

  const second = await startServer({ module: SLOW, data: first.data });
  await until(async () => (calls().length === 5 ? true : undefined));
  writeFileSync(gate, '');
  const status = await second.over('crash');
  expect([status.status, status.output]).toEqual(['succeeded', [0, 1, 4, 9, 16, 25]]);
  expect((await stepsOf(second, 'crash')).slice(0, 3)).toEqual(succeeded(before));
  // The one that was running may run again; the others ran once.
  expect(calls()).toEqual([0, 1, 2, 3, 3, 4, 5].map((item) => `crash/turn/${item}`));
});

test('a word count that is killed in the middle gives the result that it gives undisturbed', async () => {
  const text = Array.from({ length: 4_000 }, (_, at) => `word${at % 97} and word${at % 31}, said ${at % 7}`).join('\n');
  const input = { prefix: 'c/', tokenizer: 'T3', splits: 6, reducers: 2 };
  const begin = async (server: Server): Promise<void> => {
    await server.withKey('/buckets/corpus/c/text.txt', { method: 'PUT', body: text });
    await server.start('word-count', input, 'crash');
  };
  const resultOf = async (server: Server): Promise<string> => {
    expect((await server.over('crash')).status).toBe('succeeded');
    return (await server.withKey('/word-count/crash/result')).text();
  };

  const calm = await startServer();
  await begin(calm);
  const wanted = await resultOf(calm);
  const total = (await stepsOf(calm, 'crash')).length;
  expect(wanted.split('\n').length).toBeGreaterThan(100);
  await calm.stop();

  // The start of the run, GetInputData and its end, six Mappers: the twelfth operation is among the Mappers' results.
  const first = await startServer({ env: { SKEIN_TEST: '1', SKEIN_FAULT: 'journal:12:kill' } });
  await begin(first);
  expect((await first.ended).signal).toBe('SIGKILL');

  const second = await startServer({ data: first.data });
  const atOnce = await stepsOf(second, 'crash');
  expect(await resultOf(second)).toBe(wanted);
  const after = await stepsOf(second, 'crash');
  expect(after).toHaveLength(total);
  const finished = succeeded(atOnce).map(({ key }) => key);
  expect(finished).toContain('crash/GetInputData');
  for (const one of succeeded(atOnce)) expect(after.find(({ key }) => key === one.key)).toEqual(one);
  expect(second.signal('SIGTERM')).toBe(true);
});
