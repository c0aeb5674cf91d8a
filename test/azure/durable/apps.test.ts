import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { virtualClock } from '../../../handlers/azure/host/durable/clock.ts';
import type { HistoryEvent } from '../../../handlers/azure/host/durable/protocol.ts';
import { EVENT } from '../../../handlers/azure/host/durable/protocol.ts';
import { replay } from '../../../handlers/azure/host/durable/replay.ts';
import { type Host, openHost } from '../../../handlers/azure/host/host.ts';

/** Apps in the way in which Azure's documentation teaches them; nothing in them knows of skein. */
function folderOf(name: string): string {
  return fileURLToPath(new URL(`apps/${name}/`, import.meta.url));
}

let clock = virtualClock();
let host: Host;

async function open(name: string): Promise<Host> {
  host = await openHost({ folder: folderOf(name), clock, log: () => undefined });
  return host;
}

beforeEach(() => {
  clock = virtualClock();
});
afterEach(() => host.close());

/** Asks where the starter said, until the orchestration is over. */
async function poll(started: Response): Promise<Record<string, unknown>> {
  expect(started.status).toBe(202);
  const { statusQueryGetUri = '' } = (await started.json()) as Record<string, string>;
  for (;;) {
    const response = await fetch(statusQueryGetUri);
    if (response.status === 200) return (await response.json()) as Record<string, unknown>;
    expect(response.status).toBe(202);
    await response.arrayBuffer();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('function chaining', () => {
  const order = (item: string, price: number) => ({ method: 'POST', body: JSON.stringify({ item, price }) });

  test('each activity gets what the one before it gave, and a failure is made good', async () => {
    await open('chaining');
    const good = await poll(await host.fetch('/api/orchestrators/processOrder', order('lamp', 40)));
    expect(good).toMatchObject({
      name: 'processOrder',
      runtimeStatus: 'Completed',
      output: { item: 'lamp', price: 40, reserved: true, paid: true, shipped: true },
    });
    const bad = await poll(await host.fetch('/api/orchestrators/processOrder', order('yacht', 4000)));
    expect(bad).toMatchObject({
      runtimeStatus: 'Completed',
      customStatus: 'refunding',
      output: { error: "Activity function 'pay' failed: the card was declined" },
    });
  });

  test('P10: its history replays to the same, and one with a renamed step says so', async () => {
    await open('chaining');
    const { instanceId } = await poll(await host.fetch('/api/orchestrators/processOrder', order('lamp', 40)));
    const { history = [] } = (await host.durable?.status(String(instanceId), { history: true })) ?? {};
    const request = { orchestrator: 'processOrder', input: { item: 'lamp', price: 40 } };
    const names = (actions: readonly object[]) =>
      actions.map((action) => 'functionName' in action && action.functionName);
    const whole = await replay(folderOf('chaining'), { ...request, history });
    expect(whole).toMatchObject({ isDone: true, output: { shipped: true } });
    expect(names(whole.actions)).toEqual(['reserve', 'pay', 'ship']);
    const half = await replay(folderOf('chaining'), { ...request, history: history.slice(0, 6) });
    expect(half).toMatchObject({ isDone: false });
    expect(names(half.actions)).toEqual(['reserve', 'pay']);
    const renamed = history.map(
      (event): HistoryEvent =>
        event.EventType === EVENT.TaskScheduled && event.Name === 'pay' ? { ...event, Name: 'charge' } : event,
    );
    const { error } = await replay(folderOf('chaining'), { ...request, history: renamed });
    expect(error).toContain(
      "task 1 is activity 'charge' in its history, and its code now schedules activity 'pay' there",
    );
  });
});

describe('fan-out with retries', () => {
  test('waits for all, the slow one too', async () => {
    await open('fan-out');
    const before = clock.now();
    const response = await host.fetch('/api/thumbnails/holiday');
    expect([response.status, await response.json()]).toEqual([200, 13 + 10 + 13]);
    expect(clock.now() - before).toBeGreaterThanOrEqual(15_000);
  });

  test('fails when one of them keeps failing', async () => {
    await open('fan-out');
    const response = await host.fetch('/api/thumbnails/broken');
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({
      runtimeStatus: 'Failed',
      output: expect.stringMatching(/Activity function 'resize' failed: broken\/[ac]\.png cannot be read/),
    });
  });
});

describe('human approval with a timeout', () => {
  const request = (id: string) => host.fetch(`/api/expenses/${id}`, { method: 'POST', body: 'a train ticket' });

  test.each([
    ['yes', 'paid'],
    ['no', 'refused'],
  ])('the answer %s', async (answer, output) => {
    await open('approval');
    const release = clock.hold();
    const started = await request('one');
    expect((await request('one')).status).toBe(409);
    expect((await host.fetch('/api/expenses/one/approve', { method: 'POST', body: answer })).status).toBe(202);
    expect(await poll(started)).toMatchObject({ runtimeStatus: 'Completed', output });
    release();
  });

  test('no answer', async () => {
    await open('approval');
    const before = clock.now();
    expect(await poll(await request('two'))).toMatchObject({ output: 'a train ticket went to the manager' });
    expect(clock.now() - before).toBeGreaterThanOrEqual(72 * 3_600_000);
  });
});
