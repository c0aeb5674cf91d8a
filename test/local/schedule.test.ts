import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { app, schedule } from '../../core/index.ts';
import { type Dev, open } from '../../handlers/local/dev.ts';
import { manualClock } from '../support/manual-clock.ts';

const outside = mkdtempSync(join(tmpdir(), 'skein-schedule-'));
afterAll(() => rmSync(outside, { recursive: true }));

const rooms: Dev[] = [];
afterAll(async () => {
  for (const room of rooms) await room.close();
});

/** An app that notes each event of one schedule. */
function noting(cron: string) {
  const seen: { readonly scheduledAt: string; readonly key: string; readonly attempt: number }[] = [];
  const morning = schedule(cron, {
    name: 'morning',
    run: ({ scheduledAt }, { idempotencyKey: key, attempt }) => void seen.push({ scheduledAt, key, attempt }),
  });
  return { seen, noted: app('noted', { triggers: [morning] }) };
}

async function opened(noted: Parameters<typeof open>[0], clock: ReturnType<typeof manualClock>, data: string) {
  const room = await open(noted, { clock, data });
  rooms.push(room);
  return room;
}

const times = (seen: readonly { readonly scheduledAt: string }[]) => seen.map(({ scheduledAt }) => scheduledAt);

test('is due at its times in UTC, never before, with a key of that time', async () => {
  const { seen, noted } = noting('0 7 * * *');
  const clock = manualClock('2026-11-20T06:00:00Z');
  await opened(noted, clock, join(outside, 'due'));
  await vi.waitFor(() => clock.set('2026-11-20T06:59:59Z'));
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(seen).toEqual([]);
  clock.set('2026-11-20T07:00:00Z');
  await vi.waitFor(() => expect(seen).toHaveLength(1), 10_000);
  expect(seen[0]).toEqual({ scheduledAt: '2026-11-20T07:00:00.000Z', key: 'morning.20261120T0700Z', attempt: 1 });
  clock.set('2026-11-21T07:00:30Z');
  await vi.waitFor(() => expect(seen).toHaveLength(2), 10_000);
  expect(times(seen)[1]).toBe('2026-11-21T07:00:00.000Z');
});

test('of the times that passed while nothing ran, the last is made up for, once', async () => {
  const { seen, noted } = noting('*/10 * * * *');
  const data = join(outside, 'missed');
  const first = await opened(noted, manualClock('2026-11-20T06:01:00Z'), data);
  await vi.waitFor(async () => expect(await remembered(first)).toBeDefined(), 10_000);
  await first.close();
  expect(seen).toEqual([]);
  const second = await opened(noted, manualClock('2031-03-04T05:06:00Z'), data);
  await vi.waitFor(() => expect(times(seen)).toEqual(['2031-03-04T05:00:00.000Z']), 10_000);
  await vi.waitFor(async () => expect(await remembered(second)).toBe('2031-03-04T05:00:00.000Z'), 10_000);
  await second.close();
  const third = await opened(noted, manualClock('2031-03-04T05:09:00Z'), data);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(seen).toHaveLength(1);
  await third.close();
});

test('a machine that slept wakes up once', async () => {
  const { seen, noted } = noting('* * * * *');
  const clock = manualClock('2026-11-20T06:00:30Z');
  await opened(noted, clock, join(outside, 'slept'));
  await new Promise((resolve) => setTimeout(resolve, 200));
  clock.set('2026-11-21T09:30:10Z');
  await vi.waitFor(() => expect(times(seen)).toEqual(['2026-11-21T09:30:00.000Z']), 10_000);
  clock.set('2026-11-21T09:31:00Z');
  await vi.waitFor(() => expect(times(seen)[1]).toBe('2026-11-21T09:31:00.000Z'), 10_000);
});

test('a virtual clock does not run away with it', async () => {
  const { seen, noted } = noting('* * * * *');
  const room = await open(noted, { clock: 'virtual' });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(seen).toEqual([]);
  await room.close();
});

/** Until when the room knows the schedule to be done. */
async function remembered(room: Dev): Promise<unknown> {
  const memory = { resource: { kind: 'table', name: 'skein-triggers' }, mode: 'read', methods: ['get'] } as const;
  const { table } = room.clients({ table: { ...memory, dress: undefined } });
  const get = (table as unknown as { get(key: object): Promise<{ value: { scheduledAt: string } } | undefined> }).get;
  return (await get({ partition: 'schedules', id: 'morning' }))?.value.scheduledAt;
}
