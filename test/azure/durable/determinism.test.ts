import * as df from 'durable-functions';
import { afterEach, describe, expect, test } from 'vitest';
import { virtualClock } from '../../../handlers/azure/host/durable/clock.ts';
import { type Durable, openDurable } from '../../../handlers/azure/host/durable/engine.ts';
import { memoryStore } from '../../../handlers/azure/host/durable/history-store.ts';
import { EVENT, type HistoryEvent } from '../../../handlers/azure/host/durable/protocol.ts';
import { replayHistory } from '../../../handlers/azure/host/durable/replay-history.ts';
import { type Activities, inProcess } from './in-process.ts';

let durable: Durable | undefined;
afterEach(() => durable?.close());

type Orchestrators = Parameters<typeof inProcess>[0];

/** One of everything that takes a number, in one orchestration. */
const orchestrators: Orchestrators = {
  *everything(context) {
    const at = (s: number) => new Date(context.df.currentUtcDateTime.getTime() + s * 1000);
    const first = yield context.df.callActivity('same', context.df.getInput());
    const some = yield context.df.Task.all([
      context.df.callActivityWithRetry('flaky', new df.RetryOptions(2000, 3), 'flaky'),
      context.df.callSubOrchestrator('child', 'sub'),
      context.df.callActivity('same', 'b'),
      context.df.createTimer(at(8 * 86_400)),
    ]);
    const timer = context.df.createTimer(at(3600));
    const event = context.df.waitForExternalEvent('go');
    if ((yield context.df.Task.any([event, timer])) === event) timer.cancel();
    try {
      yield context.df.callActivityWithRetry('throws', new df.RetryOptions(1000, 2));
    } catch {
      yield context.df.callActivity('same', 'caught');
    }
    return [first, some, yield context.df.callActivity('same', 'last')];
  },
  *child(context) {
    return yield context.df.callActivity('same', context.df.getInput());
  },
};
/** @param calls how often `flaky` was called before: its third call succeeds */
function activities(calls = 0): Activities {
  let before = calls;
  return {
    same: (value: unknown) => value,
    flaky(value: unknown) {
      if (++before < 3) throw new Error('not yet');
      return value;
    },
    throws() {
      throw new Error('never');
    },
  };
}

/** Runs `everything` and gives its history. */
async function record(): Promise<readonly HistoryEvent[]> {
  durable = await openDurable({ invoker: inProcess(orchestrators, activities()), clock: 'virtual' });
  const id = await durable.start('everything', 'in');
  const { runtimeStatus } = await durable.settled(id);
  expect(runtimeStatus).toBe('Completed');
  return (await durable.status(id, { history: true }))?.history ?? [];
}

describe('every prefix of a recorded history', () => {
  test('schedules the same actions', async () => {
    const history = await record();
    const invoker = inProcess(orchestrators, activities());
    const replay = (part: readonly HistoryEvent[]) =>
      replayHistory(invoker, { orchestrator: 'everything', input: 'in', history: part });
    const whole = await replay(history);
    expect(whole).toMatchObject({ isDone: true, output: ['in', ['flaky', 'sub', 'b', expect.anything()], 'last'] });
    expect(whole).not.toHaveProperty('error');
    for (let length = 0; length < history.length; length++) {
      const { actions, error } = await replay(history.slice(0, length));
      expect({ length, error }).toEqual({ length });
      // A timer is called off when the event has come, and the actions say so from then on.
      const plain = (list: typeof actions) =>
        JSON.parse(JSON.stringify(list).replaceAll('"isCanceled":true', '"isCanceled":false'));
      expect(plain(actions), `the first ${length} events`).toEqual(plain(whole.actions.slice(0, actions.length)));
    }
  });

  test('goes on to the same output, with the same numbers', async () => {
    const history = await record();
    const scheduled = (events: readonly HistoryEvent[]) =>
      events.flatMap((event) =>
        event.EventId >= 0 ? [[event.EventId, event.EventType, 'Name' in event ? event.Name : '']] : [],
      );
    const ends = [...history.keys()].filter((at) => history[at]?.EventType === EVENT.OrchestratorCompleted);
    expect(ends.length).toBeGreaterThan(12);
    for (const end of ends.slice(0, -1)) {
      const store = memoryStore();
      const common = { id: 'again', name: 'everything', version: '', input: '"in"', generation: 1, created: 0, at: 0 };
      await store.append('again', { kind: 'started', ...common, status: 'Running', accepted: [] });
      await store.append('again', { kind: 'episode', events: history.slice(0, end + 1), status: 'Running', at: 0 });
      const last = Date.parse(history[end]?.Timestamp ?? '');
      durable = await openDurable({
        invoker: inProcess(orchestrators, activities(2)),
        store,
        clock: virtualClock(last),
      });
      const { output } = await durable.settled('again');
      // Eight days are two stages, and the library gives what each of them is: nothing.
      expect(output, `from ${end}`).toEqual(['in', ['flaky', 'sub', 'b', [null, null]], 'last']);
      const again = (await durable.status('again', { history: true }))?.history ?? [];
      expect(new Set(scheduled(again).map(String)).size).toBe(scheduled(again).length);
      await durable.close();
    }
  });
});

describe('code that does not do what the history says', () => {
  const renamed =
    (type: number, name: string, to: string) =>
    (event: HistoryEvent): HistoryEvent =>
      event.EventType === type && 'Name' in event && event.Name === name
        ? ({ ...event, Name: to } as HistoryEvent)
        : event;

  test.each([
    [
      'an activity',
      EVENT.TaskScheduled,
      'same',
      "task 0 is activity 'gone' in its history, and its code now schedules activity 'same' there",
    ],
    [
      'one with retries',
      EVENT.TaskScheduled,
      'flaky',
      "task 1 is activity 'gone' in its history, and its code now schedules activity 'flaky' there",
    ],
    [
      'a sub-orchestration',
      EVENT.SubOrchestrationInstanceCreated,
      'child',
      "task 2 is sub-orchestration 'gone' in its history, and its code now schedules sub-orchestration 'child' there",
    ],
  ])('%s that has another name there is an error with both names', async (_, type, name, message) => {
    const history = (await record()).map(renamed(type, name, 'gone'));
    const { error } = await replayHistory(inProcess(orchestrators, activities()), {
      orchestrator: 'everything',
      history,
    });
    expect(error).toContain("Orchestrator function 'everything' is not deterministic: ");
    expect(error).toContain(message);
  });

  test('code that was changed while an instance ran fails it, and says how', async () => {
    const store = memoryStore();
    const clock = virtualClock();
    const release = clock.hold();
    const first = await openDurable({
      invoker: inProcess(
        {
          *main(context) {
            yield context.df.callActivity('same', 1);
            yield context.df.waitForExternalEvent('go');
          },
        },
        activities(),
      ),
      store,
      clock,
    });
    await first.start('main', null, { id: 'one' });
    while ((await first.status('one', { history: true }))?.history?.length !== 7) await new Promise(setImmediate);
    await first.close();
    durable = await openDurable({
      invoker: inProcess(
        {
          *main(context) {
            yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 1000));
            yield context.df.waitForExternalEvent('go');
          },
        },
        activities(),
      ),
      store,
      clock,
    });
    await durable.raise('one', 'go');
    expect(await durable.settled('one')).toMatchObject({
      runtimeStatus: 'Failed',
      output:
        "Orchestrator function 'main' is not deterministic: task 0 is activity 'same' in its history, and its code now schedules a timer there. Was it changed while this instance ran?",
    });
    release();
  });

  test('code that throws dice is found out in one process too', async () => {
    let throws = 0;
    durable = await openDurable({
      invoker: inProcess(
        {
          *dice(context) {
            const six = ++throws % 2 === 0;
            yield six ? context.df.callSubOrchestrator('child', 1) : context.df.callActivity('same', 1);
            yield context.df.callActivity('same', 2);
          },
          ...orchestrators,
        },
        activities(),
      ),
      clock: 'virtual',
    });
    const { output } = await durable.settled(await durable.start('dice', null));
    expect(output).toContain(
      "action 1 is activity 'same' in its history, and its code now schedules sub-orchestration 'child' there",
    );
  });
});
