import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { app, step, workflow } from '../../core/index.ts';
import { open } from '../../handlers/local/dev.ts';
import { temporary, until } from '../support/server.ts';
import { record, tree, treeOf } from './recorded.ts';

let recorded: ReturnType<typeof record>;
beforeEach(() => {
  recorded = record();
});
afterEach(() => recorded.stop());

test('a room that is closed amid a run leaves no span open, and the next process goes on in the same trace', async () => {
  const data = temporary();
  const gate = Promise.withResolvers<void>();
  let waiting = false;
  const first = step('first', { run: () => 1 });
  const slow = step('slow', {
    input: z.number(),
    run: async (n) => {
      waiting = true;
      await gate.promise;
      return n;
    },
  });
  const last = step('last', { input: z.number(), run: (n) => n });
  const two = app('two', { workflows: [workflow('two', { run: () => last(slow(first(null))) })] });
  const options = { data, telemetry: recorded.telemetry, env: {} };
  const before = await open(two, options);
  await before.start('two', null, { id: 'r' });
  await until(async () => waiting || undefined);
  const closed = before.close();
  gate.resolve();
  await closed;
  expect(recorded.one('run two').attributes['skein.outcome']).toBe('halted');
  const after = await open(two, options);
  await after.result('r');
  await until(async () => recorded.named('run two')[1]);
  const [root] = treeOf(recorded.spans());
  const call = (name: string) => tree(`step ${name}`, tree(`attempt ${name}`));
  expect(root?.name).toBe('start two');
  expect(root?.children).toHaveLength(2);
  expect(root?.children).toEqual(
    expect.arrayContaining([tree('run two', call('first'), call('slow')), tree('run two', call('last'))]),
  );
  expect(recorded.named('run two')[1]?.attributes).toMatchObject({
    'skein.resumed': true,
    'skein.outcome': 'succeeded',
  });
  await after.close();
});
