import { expect, test } from 'vitest';
import { app, type Json, schedule } from '../../../core/index.ts';
import { describe } from '../../../deploy/aws/describe.ts';
import { checkedSettings } from '../../../deploy/aws/settings.ts';
import { scheduledInQueue } from '../../../handlers/aws/functions/scheduled-in-queue.ts';
import { triggerEntry } from '../../../handlers/aws/functions/trigger-entry.ts';
import { ofType, type Resources } from './template.ts';

test('what the scheduler puts into the queue reaches the trigger, and what fails is reported', async () => {
  const seen: Json[] = [];
  const tick = schedule('0 6 * * *', {
    name: 'tick',
    run: ({ scheduledAt }, { idempotencyKey }) => {
      if (scheduledAt.startsWith('2027')) throw new Error('not yet');
      seen.push([scheduledAt, idempotencyKey]);
    },
  });
  const clock = app('clock', { triggers: [tick] });
  const settings = checkedSettings({
    ...{ service: 'skein', stage: 'test', region: 'eu-west-1' },
    skein: {
      ...{ module: './clock.ts', concurrency: { http: 0, step: 0, control: 0, trigger: 2 }, requestsPerAddress: 0 },
      throttle: { rate: 1, burst: 1 },
    },
  });
  const resources = describe([clock], settings).resources.Resources as unknown as Resources;
  const [[, { Target }] = ['', { Target: null }]] = ofType(resources, 'AWS::Scheduler::Schedule');
  const body = (time: string): string =>
    (Target as { Input: string }).Input.replace('<aws.scheduler.scheduled-time>', time);

  const claims = { put: () => Promise.reject(), get: () => Promise.resolve(undefined) };
  const surroundings = { client: () => ({}), log: () => undefined, claims };
  const handler = scheduledInQueue(triggerEntry({ app: clock, surroundings }));
  const Records = [
    { messageId: 'a', body: body('2026-11-21T06:00:00Z') },
    { messageId: 'b', body: body('2027-11-21T06:00:00Z') },
    { messageId: 'c', body: 'no JSON' },
  ];
  expect(await handler({ Records })).toEqual({
    batchItemFailures: [{ itemIdentifier: 'b' }, { itemIdentifier: 'c' }],
  });
  expect(seen).toEqual([['2026-11-21T06:00:00.000Z', 'tick.20261121T0600Z']]);
});
