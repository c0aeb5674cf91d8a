import { app, consume, queue, step, workflow } from 'skein';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { App } from '../../../core/app.ts';
import type { Fields, TableClient, TableWrite } from '../../../core/resources/table.ts';
import { triggerEntry } from '../../../handlers/aws/functions/trigger-entry.ts';
import { RUNS_APP } from '../../conformance/runs-app.ts';
import { until } from '../../support/server.ts';
import { compiled } from '../asl-room.ts';
import { type AwsRoom, type AwsRoomOptions, openAwsRoom } from './aws-runs.ts';

const opened: AwsRoom[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});
async function open(given: App = RUNS_APP, options: AwsRoomOptions = {}): Promise<AwsRoom> {
  const room = await openAwsRoom(given, options);
  opened.push(room);
  return room;
}
const over = (room: AwsRoom, id: string) =>
  until(async () => {
    const status = await room.room.runs.status(id);
    return status.status === 'running' ? undefined : status;
  });
const named = (name: string) => expect.objectContaining({ name });

describe('a run whose starter died', () => {
  test('before its execution began is begun by whoever looks at it', async () => {
    const room = await open();
    room.states.refusals.set('StartExecution', 'AccessDeniedException');
    await expect(room.room.runs.start('greet', { name: 'Ada' }, 'r')).rejects.toThrow(named('AccessDeniedException'));
    room.states.refusals.clear();
    expect((await room.again().runs.status('r')).status).toBe('running');
    expect((await over(room, 'r')).output).toEqual({ greeting: 'Hello, Ada' });
    expect((await room.room.runs.list({})).items.map(({ id }) => id)).toEqual(['r']);
  });

  test('is begun by who starts it again', async () => {
    const room = await open();
    room.states.refusals.set('StartExecution', 'AccessDeniedException');
    await expect(room.room.runs.start('greet', {}, 'r')).rejects.toThrow();
    room.states.refusals.clear();
    expect(await room.again().runs.start('greet', { name: 'you' }, 'r')).toEqual({ id: 'r', created: false });
    expect((await over(room, 'r')).status).toBe('succeeded');
  });

  test('leaves the id free where there is no machine', async () => {
    const room = await open();
    room.states.refusals.set('StartExecution', 'StateMachineDoesNotExist');
    await expect(room.room.runs.start('greet', {}, 'r')).rejects.toThrow(named('StateMachineDoesNotExist'));
    room.states.refusals.clear();
    await expect(room.room.runs.status('r')).rejects.toThrow(named('NotFound'));
    expect(await room.room.runs.start('many', { items: [1] }, 'r')).toEqual({ id: 'r', created: true });
  });
});

describe('events', () => {
  test('an event that was taken, and whose taking nobody wrote down, is not taken again', async () => {
    let cut = false;
    const takes = (writes: readonly TableWrite<Fields>[]): boolean =>
      writes.some((write) => write.id.startsWith('inbox/') && 'value' in write && write.value.token === null);
    const dressTable = (table: TableClient): TableClient => ({
      ...table,
      async transact(partition, writes) {
        if (cut && writes.length === 1 && takes(writes)) throw new Error('the process is gone');
        return table.transact(partition, writes);
      },
    });
    const { room, table, ...rest } = await open(RUNS_APP, { dressTable });
    await room.runs.start('approve-twice', {}, 'r');
    const token = async (): Promise<unknown> =>
      (await table.get({ partition: 'run/r', id: 'inbox/approved' }))?.value.token ?? undefined;
    const first = await until(token);
    cut = true;
    await expect(room.runs.event('r', 'approved', { by: 'ada' }, 'one')).rejects.toThrow('the process is gone');
    await until(async () => ((await token()) === first ? undefined : true));
    cut = false;
    await rest.again().runs.event('r', 'approved', { by: 'ada' }, 'one');
    expect((await room.runs.status('r')).status).toBe('running');
    await room.runs.event('r', 'approved', { by: 'bob' }, 'two');
    expect((await over({ room, table, ...rest }, 'r')).output).toEqual({ first: 'ada', second: 'bob' });
  });

  test('a wait that is told of twice gets one event', async () => {
    const room = await open();
    await room.room.runs.start('approve-twice', {}, 'r');
    const inbox = () => room.table.get({ partition: 'run/r', id: 'inbox/approved' });
    const token = await until(async () => ((await inbox())?.value.token as string | undefined) ?? undefined);
    const payload = { run: 'r', key: 'r/approved', event: 'approved', token };
    await room.control(payload);
    await room.room.runs.event('r', 'approved', { by: 'ada' });
    await until(async () => ([null, token].includes((await inbox())?.value.token as string | null) ? undefined : true));
    // Late: its wait is over, and another has come.
    await room.control(payload);
    await room.room.runs.event('r', 'approved', { by: 'bob' });
    const { output, status } = await over(room, 'r');
    expect([status, output]).toEqual(['succeeded', { first: 'ada', second: 'bob' }]);
  });
});

describe('what is over', () => {
  test('is written down once, and Step Functions is not asked again', async () => {
    const room = await open();
    await room.room.runs.start('greet', {}, 'r');
    const status = await over(room, 'r');
    const asked = room.states.asked.length;
    expect(await room.again().runs.status('r')).toEqual(status);
    expect((await room.room.runs.list({ status: 'succeeded' })).items).toHaveLength(1);
    expect(room.states.asked).toHaveLength(asked);
  });

  test('is written down when EventBridge tells of it, and a run of somebody else is no error', async () => {
    const room = await open();
    await room.room.runs.start('failing', {}, 'r');
    const event = (name: string) => ({
      ...{ source: 'aws.states', 'detail-type': 'Step Functions Execution Status Change' },
      detail: { name, status: 'FAILED' },
    });
    await until(async () => {
      await room.control(event('r'));
      const found = await room.table.get({ partition: 'run/r', id: 'run' });
      return found?.value.status === 'failed' ? true : undefined;
    });
    expect(await room.control(event('nobodys'))).toBe(null);
  });

  test('a run that was stopped in the console is cancelled, with the words of who did it', async () => {
    const room = await open();
    await room.room.runs.start('approve', {}, 'r');
    const { StopExecutionCommand } = await import('@aws-sdk/client-sfn');
    const executionArn = String((await room.table.get({ partition: 'run/r', id: 'run' }))?.value.execution);
    await room.states.client.send(new StopExecutionCommand({ executionArn, error: 'Mine', cause: 'it was wrong' }));
    const { status, error } = await room.room.runs.status('r');
    expect([status, error]).toEqual(['cancelled', { name: 'Cancelled', message: 'it was wrong' }]);
  });
});

test('a run keeps the definition that it started with', async () => {
  const shout = step('shout', { input: z.object({ name: z.string() }), run: ({ name }) => name.toUpperCase() });
  const greet = (run: boolean) =>
    workflow('greet', {
      input: z.object({ name: z.string() }),
      run: (input) => (run ? shout({ name: input.name }) : 1),
    });
  const before = greet(true);
  const room = await open(app('changing', { workflows: [before] }));
  await room.room.runs.start('greet', { name: 'Ada' }, 'r');
  room.states.deploy(
    String((await room.table.get({ partition: 'run/r', id: 'run' }))?.value.machine),
    compiled(greet(false)),
  );
  expect((await over(room, 'r')).output).toBe('ADA');
  expect(await room.again().runs.definition('r')).toEqual(before.ir);
});

test('values of any text come back whole, also where one document cannot hold them', async () => {
  const echo = step('echo', { input: z.object({ text: z.string() }), run: ({ text }) => text });
  const echoing = workflow('echoing', {
    input: z.object({ text: z.string() }),
    run: (input) => echo({ text: input.text }),
  });
  const room = await open(app('long', { workflows: [echoing] }));
  for (const [id, text] of [
    ['pairs', '\u{1f600}"\\'.repeat(30_000)],
    ['controls', '\u0001é'.repeat(30_000)],
  ] as const) {
    await room.room.runs.start('echoing', { text }, id);
    const { input, output } = await over(room, id);
    expect(input).toEqual({ text });
    expect(output).toBe(text);
  }
});

test('a trigger starts a run once, however often its message comes', async () => {
  const orders = queue('orders', { message: z.object({ name: z.string() }) });
  const greet = workflow('greet', {
    input: z.object({ name: z.string() }),
    run: (input) => step('hello', { input: z.string(), run: (name) => `Hello, ${name}` })(input.name),
  });
  const take = consume(orders, {
    uses: { greet: greet.start },
    run: async (order, { greet, idempotencyKey }) => void (await greet.start(order, { id: idempotencyKey })),
  });
  const room = await open(app('shop', { workflows: [greet], triggers: [take] }));
  const handler = triggerEntry(room.room);
  const record = {
    ...{ messageId: 'm-1', receiptHandle: 'h', body: '{"name":"Ada"}', eventSource: 'aws:sqs' },
    ...{ eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:stage-orders' },
  };
  for (let time = 0; time < 2; time++) expect(await handler({ Records: [record] })).toEqual({ batchItemFailures: [] });
  expect((await over(room, 'm-1')).output).toBe('Hello, Ada');
  expect((await room.room.runs.list({})).items).toHaveLength(1);
  const request = { version: '2.0', rawPath: '/runs', requestContext: { http: { method: 'GET' }, stage: '$default' } };
  expect(await handler(request)).toMatchObject({ statusCode: 404 });
});
