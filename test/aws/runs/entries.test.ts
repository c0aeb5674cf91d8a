import { app, bucket, queue, secret, step, table, workflow } from 'skein';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Surroundings } from '../../../core/workflow/invoke.ts';
import { controlEntry } from '../../../handlers/aws/functions/control-entry.ts';
import { environmentOf } from '../../../handlers/aws/functions/environment.ts';
import { httpEntry } from '../../../handlers/aws/functions/http-entry.ts';
import { openRoom } from '../../../handlers/aws/functions/room.ts';
import { stepEntry } from '../../../handlers/aws/functions/step-entry.ts';

const surroundings: Surroundings = {
  client: () => ({}),
  claims: { put: async () => undefined, get: async () => undefined },
  log: () => undefined,
};
const failing = (name: string) => expect.objectContaining({ name });
const payload = { run: 'r', key: 'r/wait', step: 'wait', attempt: 1, input: {} };

const aborted = Promise.withResolvers<unknown>();
const wait = step('wait', {
  input: z.object({}),
  run: (_, { signal }) =>
    new Promise(() => {
      signal.addEventListener('abort', () => aborted.resolve(signal.reason));
    }),
});
const upper = step('upper', {
  input: z.object({ text: z.string() }),
  run: ({ text }) => ({ text: text.toUpperCase() }),
});
const waiting = workflow('waiting', { run: () => wait({}) });
const shouting = workflow('shouting', {
  input: z.object({ text: z.string() }),
  run: (input) => upper({ text: input.text }),
});
const given = app('entries', { workflows: [waiting, shouting] });

test('a step is given up before Lambda ends the function, is told so, and fails with Timeout', async () => {
  const handler = stepEntry({ app: given, surroundings });
  const late = handler(payload, { getRemainingTimeInMillis: () => 520 });
  await expect(late).rejects.toThrow(failing('Timeout'));
  expect(await aborted.promise).toMatchObject({ name: 'Timeout', message: 'r/wait took longer than 0.02 s' });
});

test('what a step answers and raises has the text that machines expect', async () => {
  const handler = stepEntry({ app: given, surroundings }, 'shouting');
  const call = {
    run: 'r',
    key: 'r/upper',
    step: 'upper',
    attempt: 1,
    input: { text: 'a' },
    reads: [['text'], ['more']],
  };
  expect(await handler(call)).toEqual({ text: 'A', more: null });
  const refused = await handler({ ...call, input: { text: 7 } }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ name: 'InvalidInput' });
  expect(JSON.parse((refused as Error).message)).toMatchObject({ name: 'InvalidInput', data: { field: 'text' } });
  await expect(handler({ ...call, step: 'wait' })).rejects.toThrow(failing('NotFound'));
});

test.each([
  ['run', { ...payload, run: undefined }],
  ['key', { ...payload, key: '' }],
  ['step', { ...payload, step: 7 }],
  ['attempt', { ...payload, attempt: 0 }],
  ['input', { ...payload, input: undefined }],
  ['run', null],
])('a step refuses an event with a wrong %s', async (field, event) => {
  const error = await stepEntry({ app: given, surroundings })(event).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'InvalidInput', data: { field } });
});

test('steps of one name that differ need the name of their workflow', () => {
  const other = workflow('other', { run: () => step('wait', { input: z.object({}), run: () => 1 })({}) });
  const both = app('both', { workflows: [waiting, other] });
  expect(() => stepEntry({ app: both, surroundings })).toThrow(/different steps 'wait'/);
  expect(() => stepEntry({ app: both, surroundings }, 'other')).not.toThrow();
  expect(() => stepEntry({ app: both, surroundings }, 'nobodys')).toThrow(/no workflow 'nobodys'/);
});

test('the control function does what it is asked, and nothing else', async () => {
  const room = openRoom(given, { env: {}, make: {} as never, log: () => undefined });
  const control = controlEntry(room);
  const asked = { run: 'r', key: 'r/x' };
  expect(await control({ ...asked, sleep: 1.2 })).toBe(2);
  await expect(control({ ...asked, sleep: 'long' })).rejects.toThrow(failing('Skein.Final'));
  await expect(control({ ...asked, fail: { name: 'No', message: 'm', data: 1 } })).rejects.toThrow(failing('No'));
  await expect(control(asked)).rejects.toThrow(failing('InvalidInput'));
  await expect(control({ ...asked, key: undefined })).rejects.toThrow(failing('InvalidInput'));
  // An error of the room is none of the workflow's: the machine tries again.
  await expect(control({ ...asked, event: 'e', token: 't' })).rejects.toThrow(failing('Lambda.ServiceException'));
});

test('what the environment does not name is unavailable when it is used, and not before', async () => {
  const room = openRoom(given, { env: {}, make: {} as never, log: () => undefined });
  const event = (path: string) => ({
    ...{ version: '2.0', rawPath: path, headers: { host: 'a.test' } },
    requestContext: { http: { method: 'GET' }, stage: '$default' },
  });
  const handler = httpEntry(room);
  expect(await handler(event('/'))).toMatchObject({ statusCode: 200 });
  expect(await handler(event('/runs'))).toMatchObject({ statusCode: 401 });
  await expect(room.runs.list({})).rejects.toThrow(failing('Unavailable'));
});

test('the environment of an app names all that its functions use', () => {
  const upload = step('upload', {
    input: z.object({}),
    uses: {
      photos: bucket('photos').write,
      jobs: queue('print-jobs').write,
      votes: table('votes').all,
      mail: secret('mail-token').read,
    },
    run: () => null,
  });
  const uploading = workflow('up_load', { run: () => upload({}) });
  const names = environmentOf(app('all', { workflows: [uploading] })).map(({ name, holds }) => `${name}: ${holds}`);
  expect(names).toEqual([
    'SKEIN_BUCKET_PHOTOS: bucket name',
    'SKEIN_QUEUE_PRINT_JOBS: queue URL',
    'SKEIN_DEAD_QUEUE_PRINT_JOBS: dead letter queue URL',
    'SKEIN_TABLE_VOTES: table name',
    'SKEIN_SECRET_ID_MAIL_TOKEN: secret id',
    'SKEIN_MACHINE_UP_LOAD: machine ARN',
    'SKEIN_TABLE_SKEIN_RUNS: table name',
    'SKEIN_BUCKET_SKEIN_CLAIMS: bucket name',
  ]);
  const twin = workflow('up-load', { run: () => upload({}) });
  expect(() => environmentOf(app('twins', { workflows: [uploading, twin] }))).toThrow(/'up_load' and 'up-load'/);
});
