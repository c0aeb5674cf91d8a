import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { app, http, map, step, workflow } from '../../core/index.ts';
import { open } from '../../handlers/local/dev.ts';
import { serve } from '../../handlers/local/index.ts';
import { temporary, until } from '../support/server.ts';

/** Holds whoever passes through until it is opened; the test sees who waits, and whose signal was aborted. */
function makeGate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { waiting: false, open: resolve, passed: promise };
}

let gates: ReturnType<typeof makeGate>[];
let aborted: number[];
beforeEach(() => {
  gates = [makeGate(), makeGate()];
  aborted = [];
});

const first = step('first', {
  input: z.number(),
  run: async (index, { signal }) => {
    const gate = gates[index]!;
    gate.waiting = true;
    const cut = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => {
      aborted.push(index);
      cut.reject(signal.reason);
    });
    await Promise.race([gate.passed, cut.promise]);
    return index;
  },
});
const second = step('second', { input: z.number(), run: (index) => index * 10 });
const both = workflow('both', { run: () => map([0, 1], (index) => second(first(index))) });

const hanging = makeGate();
const office = app('office', {
  workflows: [both],
  http: [
    http('hang', {
      routes: (api) =>
        api.get('/hang', async (c) => {
          hanging.waiting = true;
          await hanging.passed;
          return c.text('done');
        }),
    }),
  ],
});

const seen = (gate: { waiting: boolean }) => until(async () => gate.waiting || undefined);
const steps = (calls: readonly { step: string; key: string }[]) => calls.map((call) => call.key).sort();

async function over(data: string): Promise<{ outcome: unknown; keys: string[] }> {
  const room = await open(office, { data });
  const outcome = await room.result('r');
  const keys = steps(await room.calls('r'));
  await room.close();
  return { outcome, keys };
}
const WHOLE = {
  outcome: { output: [0, 10] },
  keys: ['r/first/0', 'r/first/1', 'r/second/0', 'r/second/1'],
};

describe('a room that stops', () => {
  test('lets a step end although the branch beside it may start no more', async () => {
    const data = temporary();
    const room = await open(office, { data });
    await room.start('both', null, { id: 'r' });
    await Promise.all(gates.map(seen));
    const closed = room.close();
    gates[1]!.open();
    for (let i = 0; i < 10; i++) await turn();
    expect(aborted).toEqual([]);
    gates[0]!.open();
    await closed;
    // What was recorded is not run again: a failure that stopping made would be a second attempt, or the end of the run.
    expect(await over(data)).toEqual(WHOLE);
  });

  test('starts no step while a request is still open', async () => {
    const data = temporary();
    const served = await serve([office], { data, port: 0 });
    const { engine } = served.room;
    await engine.start('both', null, 'r');
    await Promise.all(gates.map(seen));
    const answer = fetch(`${served.url}/hang`);
    await seen(hanging);
    const closed = served.close();
    for (const gate of gates) gate.open();
    await until(async () => (await engine.steps('r')).items.every(({ status }) => status !== 'running') || undefined);
    for (let i = 0; i < 10; i++) await turn();
    expect(steps(engine.calls('r'))).toEqual(['r/first/0', 'r/first/1']);
    await expect(engine.start('both', null, 'late')).rejects.toThrow('stopping');
    hanging.open();
    expect(await (await answer).text()).toBe('done');
    await closed;
    expect(await over(data)).toEqual(WHOLE);
  });
});
