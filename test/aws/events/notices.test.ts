import { describe, expect, test } from 'vitest';
import {
  app,
  bucket,
  consume,
  type ObjectEvent,
  onObject,
  queue,
  type ScheduleEvent,
  schedule,
  type TriggerContext,
} from '../../../core/index.ts';
import { isRunId } from '../../../core/workflow/runs.ts';
import { lambda } from '../../../handlers/aws/index.ts';
import { bridgedEvent, s3Event, scheduledEvent, snsEvent, sqsEvent } from './samples.ts';

const silent = { log: () => undefined };

function files() {
  const calls: { name: string; event: ObjectEvent; key: string; attempt: number }[] = [];
  const on = (name: string, options: object) =>
    onObject(bucket('files'), {
      name,
      ...options,
      run: (event: ObjectEvent, { idempotencyKey, attempt }: TriggerContext) => {
        calls.push({ name, event, key: idempotencyKey, attempt });
        if (event.key.startsWith('broken/')) throw new Error('cannot');
      },
    });
  const triggers = [on('all', {}), on('pictures', { prefix: 'in/', suffix: '.png' })];
  return { calls, handler: lambda(app('files', { triggers }), silent) };
}

describe('objects', () => {
  const ways: readonly [string, (key: string, plain: string) => unknown][] = [
    ['S3', (key) => s3Event([{ bucket: 'files', key }])],
    ['S3 through EventBridge', (_, plain) => bridgedEvent({ bucket: 'files', key: plain })],
    [
      'S3 through SNS',
      (key) => snsEvent('topic', [{ id: 'm', text: JSON.stringify(s3Event([{ bucket: 'files', key }])) }]),
    ],
    [
      'S3 through SQS',
      (key) => sqsEvent('q', [{ id: 'm', body: JSON.stringify(s3Event([{ bucket: 'files', key }])) }]),
    ],
  ];
  const keys: readonly [string, string][] = [
    ['a.txt', 'a.txt'],
    ['a+b.txt', 'a b.txt'],
    ['a%2Bb.txt', 'a+b.txt'],
    ['100%25.txt', '100%.txt'],
    ['caf%C3%A9/%E2%82%AC.txt', 'caf\u00e9/\u20ac.txt'],
    ['a%2520b', 'a%20b'],
  ];

  test.each(ways)('come through %s with their own keys', async (_, make) => {
    for (const [written, plain] of keys) {
      const { calls, handler } = files();
      await handler(make(written, plain));
      expect(calls).toEqual([
        { name: 'all', event: { key: plain, size: 3, etag: 'e1' }, key: expect.any(String), attempt: 1 },
      ]);
      expect(isRunId(calls[0]?.key ?? '')).toBe(true);
    }
  });

  test('one put has one idempotency key a trigger, whichever way it comes; another put has others', async () => {
    const { calls, handler } = files();
    for (const [, make] of ways) await handler(make('in/a+b.png', 'in/a b.png'));
    expect(calls).toHaveLength(8);
    expect(new Set(calls.map(({ key }) => key)).size).toBe(2);
    await handler(s3Event([{ bucket: 'files', key: 'in/a+b.png', sequencer: '0A1C' }]));
    expect(new Set(calls.map(({ key }) => key)).size).toBe(4);
  });

  test('go to the triggers whose prefix and suffix fit the decoded key', async () => {
    const { calls, handler } = files();
    await handler(
      s3Event([
        { bucket: 'files', key: 'in%2Fa.png' },
        { bucket: 'files', key: 'in/a.jpg' },
      ]),
    );
    expect(calls.map(({ name, event }) => `${name} ${event.key}`).sort()).toEqual([
      'all in/a.jpg',
      'all in/a.png',
      'pictures in/a.png',
    ]);
  });

  test('that are gone are passed over, and so is the test of a notification', async () => {
    const { calls, handler } = files();
    for (const name of [
      'ObjectRemoved:Delete',
      's3:ObjectRemoved:DeleteMarkerCreated',
      's3:LifecycleExpiration:Delete',
    ])
      await handler(s3Event([{ bucket: 'files', key: 'a', name }]));
    await handler(bridgedEvent({ bucket: 'files', key: 'a', name: 'Object Deleted' }));
    const check = { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'files' };
    expect(await handler(check)).toBeUndefined();
    expect(await handler(sqsEvent('q', [{ id: 'm', body: JSON.stringify(check) }]))).toEqual({ batchItemFailures: [] });
    expect(calls).toEqual([]);
  });

  test('that fail make the call fail, so that Lambda tries it again; the others are done', async () => {
    const { calls, handler } = files();
    const event = s3Event([
      { bucket: 'files', key: 'broken/a' },
      { bucket: 'files', key: 'b' },
    ]);
    await expect(handler(event)).rejects.toMatchObject({ name: 'Error', message: 'cannot (1 of 2 deliveries failed)' });
    expect(calls).toHaveLength(2);
  });

  test('that fail in a queue are reported by message, with its receive count', async () => {
    const { calls, handler } = files();
    const body = (key: string): string => JSON.stringify(s3Event([{ bucket: 'files', key }]));
    const event = sqsEvent('q', [
      { id: 'a', body: body('broken/a'), attempt: 2 },
      { id: 'b', body: body('b') },
    ]);
    expect(await handler(event)).toEqual({ batchItemFailures: [{ itemIdentifier: 'a' }] });
    expect(calls.map(({ attempt }) => attempt).sort()).toEqual([1, 2]);
  });

  test('that cannot be read hold up no other message of the queue', async () => {
    const { calls, handler } = files();
    const body = (bucket: string, key: string): string => JSON.stringify(s3Event([{ bucket, key }]));
    const messages = [
      { id: 'a', body: body('files', '%zz') },
      { id: 'b', body: body('files', 'b') },
    ];
    expect(await handler(sqsEvent('q', messages))).toEqual({ batchItemFailures: [{ itemIdentifier: 'a' }] });
    expect(calls.map(({ event }) => event.key)).toEqual(['b']);
  });

  test('of a queue that a consume trigger names are its messages', async () => {
    const seen: unknown[] = [];
    const triggers = [
      consume(queue('raw'), { run: (event) => void seen.push(event) }),
      onObject(bucket('files'), { run: () => void seen.push('object') }),
    ];
    const body = s3Event([{ bucket: 'files', key: 'a' }]);
    await lambda(app('raw', { triggers }), silent)(sqsEvent('raw', [{ id: 'm', body: JSON.stringify(body) }]));
    expect(seen).toEqual([body]);
  });

  test.each([
    ['a key that is not encoded', s3Event([{ bucket: 'files', key: '%zz' }]), 'object.key'],
    ['no bucket', { Records: [{ eventSource: 'aws:s3', s3: { object: { key: 'a' } } }] }, 'bucket.name'],
    [
      'no object',
      { source: 'aws.s3', 'detail-type': 'Object Created', detail: { bucket: { name: 'files' } } },
      'object.key',
    ],
  ])('with %s are refused, naming the field', async (_, event, field) => {
    await expect(files().handler(event)).rejects.toMatchObject({ name: 'InvalidInput', data: { field } });
  });

  test('of a bucket that no trigger is for are refused', async () => {
    const triggers = ['one', 'two'].map((name) => onObject(bucket(name), { run: () => undefined }));
    const handler = lambda(app('two', { triggers }), silent);
    await expect(handler(s3Event([{ bucket: 'three', key: 'a' }]))).rejects.toMatchObject({ name: 'NotFound' });
  });
});

describe('topics', () => {
  test('each message is one call of the trigger that has its name', async () => {
    const seen: unknown[] = [];
    const triggers = ['orders', 'refunds'].map((name) =>
      consume(queue(name), { run: (event, { idempotencyKey }) => void seen.push([name, event, idempotencyKey]) }),
    );
    const event = snsEvent('prod-refunds', [
      { id: 'a-1', text: '{"n":1}' },
      { id: 'a-2', text: 'plain' },
    ]);
    expect(await lambda(app('shop', { triggers }), silent)(event)).toBeUndefined();
    expect(seen).toEqual([
      ['refunds', { n: 1 }, 'a-1'],
      ['refunds', 'plain', 'a-2'],
    ]);
  });

  test('a message that fails makes the call fail with its error', async () => {
    const run = (): never => {
      throw Object.assign(new Error('no stock'), { name: 'OutOfStock' });
    };
    const handler = lambda(app('shop', { triggers: [consume(queue('orders'), { run })] }), silent);
    const event = snsEvent('orders', [{ id: 'a', text: '{}' }]);
    await expect(handler(event)).rejects.toMatchObject({ name: 'OutOfStock', message: 'no stock' });
  });
});

describe('schedules', () => {
  const nightly = () => {
    const calls: [string, ScheduleEvent, string][] = [];
    const triggers = ['nightly', 'hourly'].map((name) =>
      schedule('0 * * * *', {
        name,
        run: (event: ScheduleEvent, { idempotencyKey }: TriggerContext) =>
          void calls.push([name, event, idempotencyKey]),
      }),
    );
    return { calls, handler: lambda(app('clock', { triggers }), silent) };
  };

  test.each([
    ['arn:aws:events:eu-west-1:123456789012:rule/nightly', 'aws.events'],
    ['arn:aws:events:eu-west-1:123456789012:rule/custom-bus/prod-nightly', 'aws.events'],
    ['arn:aws:scheduler:eu-west-1:123456789012:schedule/default/nightly', 'aws.scheduler'],
  ])('%s is due once a minute, however often it is told', async (arn, source) => {
    const { calls, handler } = nightly();
    await handler(scheduledEvent(arn, '2026-11-21T07:00:00Z', source));
    await handler(scheduledEvent(arn, '2026-11-21T07:00:41Z', source));
    const due = ['nightly', { scheduledAt: '2026-11-21T07:00:00.000Z' }, 'nightly.20261121T0700Z'];
    expect(calls).toEqual([due, due]);
    expect(isRunId(calls[0]?.[2] ?? '')).toBe(true);
  });

  test('of another name, or without a time, are refused', async () => {
    const { handler } = nightly();
    const arn = 'arn:aws:events:eu-west-1:123456789012:rule/';
    await expect(handler(scheduledEvent(`${arn}weekly`, '2026-11-21T07:00:00Z'))).rejects.toMatchObject({
      name: 'NotFound',
    });
    await expect(handler(scheduledEvent(`${arn}nightly`, 'soon'))).rejects.toMatchObject({ data: { field: 'time' } });
  });
});

describe('functions that use resources', () => {
  const out = bucket('out');
  const copying = onObject(bucket('files'), {
    uses: { out: out.write },
    run: async ({ key }, { out }) => void (await out.put(key, 'copied')),
  });
  const event = s3Event([{ bucket: 'files', key: 'a' }]);

  test('get the client that the room gives', async () => {
    const put: unknown[] = [];
    const client = (resource: { kind: string; name: string }): object => ({
      put: async (key: string) => void put.push([resource.kind, resource.name, key]),
    });
    await lambda(app('copy', { triggers: [copying] }), { ...silent, client })(event);
    expect(put).toEqual([['bucket', 'out', 'a']]);
  });

  test('fail with Unavailable, naming the resource, where it gives none', async () => {
    await expect(lambda(app('copy', { triggers: [copying] }), silent)(event)).rejects.toMatchObject({
      name: 'Unavailable',
      message: "the bucket 'out' has no client in this function",
    });
  });
});

test.each([
  [null, 'an event that is no object with fields'],
  ['text', 'an event that is no object with fields'],
  [{ Records: [] }, 'an event of an unknown kind, with the fields "Records"'],
  [{ Records: [{ eventSource: 'aws:dynamodb' }] }, 'a record event of "aws:dynamodb"'],
  [{ source: 'aws.ec2', 'detail-type': 'EC2 Stop' }, 'an EventBridge event ("aws.ec2", "EC2 Stop")'],
  [{ requestContext: { connectionId: 'c', eventType: 'CONNECT' } }, 'an API Gateway WebSocket event (CONNECT)'],
  [{ warmer: true }, 'an event of an unknown kind, with the fields "warmer"'],
])('%j is refused by name', async (event, name) => {
  await expect(lambda(app('none', {}), silent)(event)).rejects.toMatchObject({
    name: 'Unsupported',
    message: `app 'none' takes no such event: ${name}`,
  });
});
