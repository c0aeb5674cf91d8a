import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { app, eq, Failure, map, repeat, sleep, step, type Workflow, workflow } from '../../core/index.ts';
import type { Json } from '../../core/json.ts';
import { survey } from '../../core/pages/survey.ts';
import type { Tally } from '../../core/pages/tally.ts';
import type { RunStatus, StepRecord } from '../../core/workflow/runs.ts';
import { type Dev, open } from '../../handlers/local/dev.ts';
import { until } from '../support/server.ts';
import approval from '../workflow/programs/approval.ts';
import nestedMaps from '../workflow/programs/nested-maps.ts';

let room: Dev | undefined;
afterEach(async () => {
  await room?.close();
  room = undefined;
});

type Counts = Partial<Pick<Tally, 'going' | 'waiting' | 'done' | 'failed' | 'stopped' | 'skipped'>>;
const COUNTS = ['going', 'waiting', 'done', 'failed', 'stopped', 'skipped'] as const;

async function begin(made: Workflow, input: Json, clock?: 'virtual') {
  const opened = await open(app('surveyed', { workflows: [made] }), clock === undefined ? {} : { clock });
  room = opened;
  await opened.start(made.name, input, { id: 'one' });
  const read = async <T>(path: string): Promise<T> => {
    const headers = { authorization: `Bearer ${opened.adminKey}` };
    return (await (await opened.fetch(new Request(`http://skein.test${path}`, { headers }))).json()) as T;
  };
  /** The counts that are not zero, by node. */
  const look = async (): Promise<Record<string, Counts>> => {
    const steps = await read<{ items: StepRecord[] }>('/runs/one/steps');
    const { nodes } = survey(made.ir, await read<RunStatus>('/runs/one'), steps.items);
    return Object.fromEntries(
      [...nodes].map(([id, tally]) => [
        id,
        Object.fromEntries(COUNTS.filter((name) => tally[name] > 0).map((name) => [name, tally[name]])),
      ]),
    );
  };
  return { opened, look };
}

describe('survey', () => {
  test('a wait that ran out was failed, its rescue ran, and the run ended at the second wait', async () => {
    const { opened, look } = await begin(approval, { amount: 500, manager: 'Ada', deputy: 'Bob' }, 'virtual');
    expect(await opened.result('one')).toMatchObject({ error: { name: 'Timeout' } });
    expect(await look()).toEqual({
      choose: { failed: 1 },
      ask: { done: 1 },
      attempt: { failed: 1 },
      waitFor: { failed: 1 },
      remind: { done: 1 },
      'waitFor-2': { failed: 1 },
      'choose-2': {},
      fail: {},
      pay: {},
      'pay-2': { skipped: 1 },
    });
  });

  test('maps in maps count all their items', async () => {
    const albums = [['a', 'b'], ['c']].map((keys) => ({ photos: keys.map((key) => ({ key })), owner: {} }));
    const { opened, look } = await begin(nestedMaps, { albums, widths: [100, 200] });
    await opened.result('one');
    const found = await look();
    expect(found.render).toEqual({ done: 6 });
    expect(found.caption).toEqual({ done: 3 });
    expect(found['map-2']).toEqual({ done: 2 });
  });

  test('what will be tried again waits, and rounds that are over are done', async () => {
    let open = false;
    const poll = step('poll', { input: z.number(), output: z.number(), run: (round) => round + 1 });
    const shaky = step('shaky', {
      input: z.number(),
      retry: { attempts: 50, seconds: 1, rate: 1 },
      run: (value) => {
        if (!open) throw new Failure({ name: 'TransientError', message: 'not yet' });
        return value;
      },
    });
    const made = workflow('rounds', {
      run: () => {
        const rounds = repeat(
          0,
          (state) => {
            sleep(0);
            return poll(state);
          },
          { until: (state) => eq(state, 3), max: 10 },
        );
        return map([1, 2], () => shaky(rounds));
      },
    });
    const { opened, look } = await begin(made, {});
    const found = await until(async () => {
      const now = await look();
      return now.shaky?.waiting === 2 ? now : undefined;
    });
    expect(found).toEqual({
      repeat: { done: 1 },
      sleep: { done: 3 },
      poll: { done: 3 },
      map: { going: 1 },
      shaky: { waiting: 2 },
    });
    open = true;
    expect(await opened.result('one')).toEqual({ output: [3, 3] });
    expect((await look()).shaky).toEqual({ done: 2 });
  });
});
