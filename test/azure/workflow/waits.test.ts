import { afterEach, describe, expect, test } from 'vitest';
import { attempt, type Json, sleep, step, type Workflow, waitFor, workflow } from '../../../core/index.ts';
import { eventInput, eventName } from '../../../handlers/azure/workflow/index.ts';
import { type Recorded, record } from './recorded.ts';

const DAY = 86_400_000;
const echo = step('echo', { run: (input) => input as Json });

let open: Recorded | undefined;
afterEach(async () => {
  await open?.durable.close();
  open = undefined;
});

async function started(whole: Workflow): Promise<Recorded> {
  open = await record(() => whole);
  await open.start(null);
  return open;
}

const send = (name: string, data: Json): Promise<boolean> | undefined =>
  open?.durable.raise('r', eventName(name), eventInput(data));

/** The event, or `Timeout`. */
const within = (name: string, timeout: number) =>
  attempt(
    () => waitFor(name, { timeout }) as never,
    (error) => error.name as never,
  );

describe('waits', () => {
  test('events that come after waits were given up are kept for the next ones, in their order', async () => {
    const held = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const hold = step('hold', {
      run: () => {
        begun.resolve();
        return held.promise;
      },
    });
    const run = await started(
      workflow('late', {
        run: () => {
          const missed = [within('go', 1), within('go', 1)];
          hold(null);
          return [missed, waitFor('go'), within('go', 60), waitFor('go'), within('go', 1)];
        },
      }),
    );
    await begun.promise;
    for (const data of ['first', 'second', 'third']) await send('go', data);
    held.resolve();
    const output = [['Timeout', 'Timeout'], 'first', 'second', 'third', 'Timeout'];
    expect(await run.outcome()).toStrictEqual({ output });
  });

  test('names that differ in case, or are numbers as those of tasks are, go to their own waits', async () => {
    const run = await started(
      workflow('named', {
        run: () => [echo('a'), echo('b'), waitFor('0'), waitFor('Go'), waitFor('gO'), waitFor('1'), echo('c')],
      }),
    );
    for (const name of ['1', 'gO', '0', 'Go']) await send(name, `of ${name}`);
    expect(await run.outcome()).toStrictEqual({ output: ['a', 'b', 'of 0', 'of Go', 'of gO', 'of 1', 'c'] });
    expect(eventName('Go').toLowerCase()).not.toBe(eventName('gO').toLowerCase());
  });

  test('waits and sleeps of weeks are done in stages, also where an event comes amid them', async () => {
    const run = await started(
      workflow('weeks', {
        run: () => {
          const early = within('go', 30 * 86_400);
          const none = within('go', 20 * 86_400);
          sleep(40 * 86_400);
          return [early, none, echo('after')];
        },
      }),
    );
    const since = run.clock.now();
    run.clock.at(since + 12 * DAY, () => void send('go', 'on the twelfth day'));
    expect(await run.outcome()).toStrictEqual({ output: ['on the twelfth day', 'Timeout', 'after'] });
    expect((run.clock.now() - since) / DAY).toBeGreaterThanOrEqual(72);
    expect((run.clock.now() - since) / DAY).toBeLessThan(73);
  });
});
