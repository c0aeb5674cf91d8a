import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  attempt,
  eq,
  type Json,
  map,
  parallel,
  repeat,
  sleep,
  step,
  type Workflow,
  waitFor,
  workflow,
} from '../../../core/index.ts';
import { eventInput, eventName, progressOf } from '../../../handlers/azure/workflow/index.ts';
import { answerTo, type Episode, type Recorded, record } from './recorded.ts';

const echo = step('echo', { run: (input) => input as Json });
const flaky = step('flaky', {
  retry: { attempts: 3, seconds: 1, rate: 2 },
  run: (input, { attempt: nth }) => {
    if (nth < 3) throw new Error('not yet');
    return input as Json;
  },
});
const boom = step('boom', {
  run: () => {
    throw Object.assign(new Error('m'), { name: 'Boom' });
  },
});

let open: Recorded | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await open?.durable.close();
  open = undefined;
});

async function recordedRun(whole: Workflow, input: Json, keep = true): Promise<Recorded> {
  open = await record(() => whole, keep);
  await open.start(input);
  expect(await open.outcome()).toHaveProperty('output');
  return open;
}

const rich = workflow('rich', {
  run: (input) => {
    const first = echo(input);
    const mapped = map(
      [1, 2, 3, 4, 5],
      (n) => {
        sleep(3);
        return parallel(
          () => flaky(n),
          () => echo([first, n]),
        );
      },
      { concurrency: 2 },
    );
    const caught = attempt(
      () =>
        parallel(
          () => {
            sleep(1_000_000);
            return echo('late');
          },
          () => boom(null),
        ),
      (error) => echo(error.name),
    );
    const waited = attempt(
      () => waitFor('never', { timeout: 5 }),
      () => waitFor('go', { timeout: 60 }),
    );
    const looped = repeat(0, (n) => echo(n) as never, { until: (_, index) => eq(index, 2), max: 3 });
    return { mapped, caught, waited, looped };
  },
});

describe('histories', () => {
  test('each prefix of a history has the same actions scheduled, whatever the time and chance', async () => {
    open = await record(() => rich);
    await open.start('in');
    await open.durable.raise('r', eventName('go'), eventInput('came'));
    expect(await open.outcome()).toMatchObject({ output: { caught: 'Boom', waited: 'came', looped: 0 } });
    const { executions } = open;
    vi.spyOn(Date, 'now').mockImplementation(() => {
      throw new Error('the time of day was asked for');
    });
    vi.spyOn(Math, 'random').mockImplementation(() => {
      throw new Error('chance was asked');
    });
    expect(executions.length).toBeGreaterThan(10);
    for (const { episodes } of executions) {
      const { trigger } = episodes.at(-1) as Episode;
      for (const then of episodes) {
        const prefix = trigger.history.slice(0, then.trigger.history.length);
        expect(await answerTo({ ...trigger, history: prefix })).toEqual(then.answer);
      }
    }
  });

  test.each([1, 40])('a map with %i lanes has a history that is linear in its items', {
    timeout: 300_000,
  }, async (concurrency) => {
    const whole = workflow('mapped', {
      run: (input) => map(input as never as number[], (n) => echo(n), { concurrency }),
    });
    const perItem: number[] = [];
    for (const size of [100, 200, 400, 800, 1_600]) {
      const items = Array.from({ length: size }, (_, index) => index);
      const { executions } = await recordedRun(whole, items, false);
      const lengths = executions.map(({ events }) => events);
      perItem.push(lengths.reduce((sum, length) => sum + length, 0) / size);
      // One lane goes on after a hundred tasks with a new history; the run's own has a few events a lane.
      expect(Math.max(...lengths)).toBeLessThan(600);
      await open?.durable.close();
    }
    console.log(`${concurrency} lanes: events an item ${perItem.map((one) => one.toFixed(2)).join(', ')}`);
    const [first = 0, ...rest] = perItem;
    for (const events of rest) expect(events).toBeLessThanOrEqual(first * 1.05);
  });

  test('a loop in the body of a workflow has one that is linear in its rounds', { timeout: 300_000 }, async () => {
    const add = step('add', { run: (input) => (input as number) + 1 });
    const whole = workflow('looping', {
      run: (input) => {
        const before = echo('before');
        const last = repeat(0, (n) => add(n) as never, { until: (n) => eq(n, input as never), max: 1_000 });
        return [before, last, echo(last), input];
      },
    });
    const perRound: number[] = [];
    for (const rounds of [100, 200, 400, 800]) {
      const { executions, durable, client } = await recordedRun(whole, rounds, false);
      expect(await open?.outcome()).toStrictEqual({ output: ['before', rounds, rounds, rounds] });
      const status = (await durable.status('r')) ?? expect.fail('no such run');
      expect(await progressOf(client, status)).toStrictEqual({ done: rounds + 2, total: rounds + 2 });
      const lengths = executions.map(({ events }) => events);
      expect(Math.max(...lengths)).toBeLessThan(600);
      perRound.push(lengths.reduce((sum, length) => sum + length, 0) / rounds);
      await durable.close();
    }
    console.log(`events a round ${perRound.map((one) => one.toFixed(2)).join(', ')}`);
    const [first = 0, ...rest] = perRound;
    for (const events of rest) expect(events).toBeLessThanOrEqual(first * 1.05);
  });

  test('large values that the workflow only passes on are not in it', async () => {
    const make = step('make', { run: () => 'x'.repeat(100_000) });
    const size = step('size', { run: (input) => (input as string).length });
    const whole = workflow('passing', {
      run: (input) => {
        const made = make(null);
        return { sizes: map([1, 2, 3], () => [size(made), size(input)]), made };
      },
    });
    const { executions } = await recordedRun(whole, 'y'.repeat(90_000));
    expect(await open?.outcome()).toStrictEqual({
      output: { sizes: [1, 2, 3].map(() => [100_000, 90_000]), made: 'x'.repeat(100_000) },
    });
    const [own, ...lanes] = executions.map(({ episodes }) => JSON.stringify(episodes.at(-1)?.trigger).length);
    for (const bytes of lanes) expect(bytes).toBeLessThan(10_000);
    // The input twice, as it came and on its way to where it is put aside, and the output once.
    expect(own).toBeLessThan(3 * 90_000 + 100_000 + 20_000);
  });
});
