import { STATUSES } from '../workflow/runs.ts';
import type { JsonSchema } from './openapi.ts';

const text: JsonSchema = { type: 'string' };
const time: JsonSchema = { type: 'string', format: 'date-time' };
const count: JsonSchema = { type: 'integer', minimum: 0 };
const json: JsonSchema = { description: 'Any JSON value.' };

/** An object with these properties and no others; those whose name ends in `?` may be absent. */
function object(description: string, properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const entries = Object.entries(properties);
  return {
    type: 'object',
    description,
    properties: Object.fromEntries(entries.map(([name, schema]) => [name.replace('?', ''), schema])),
    required: entries.map(([name]) => name).filter((name) => !name.endsWith('?')),
    additionalProperties: false,
  };
}

function listOf(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

function page(of: string): JsonSchema {
  return object('A page of a list.', {
    items: listOf({ $ref: `#/components/schemas/${of}` }),
    'next?': { ...text, description: 'The `cursor` of the next page; absent on the last.' },
  });
}

/** What the room's own routes answer with, by the names that the document has for them. */
export const ROOM_SCHEMAS = {
  Problem: {
    type: 'object',
    description: 'An error: https://www.rfc-editor.org/rfc/rfc9457',
    properties: {
      type: text,
      title: text,
      status: { type: 'integer' },
      code: { ...text, description: "The error's name, such as `InvalidInput`." },
      detail: { ...text, description: 'A sentence for people.' },
      field: { ...text, description: 'The field that was refused.' },
      id: text,
      data: json,
    },
    required: ['status', 'code', 'detail'],
  },
  Error: object('How a run or a step failed.', { name: text, message: text, 'data?': json }),
  Started: object('A run that was started.', {
    id: text,
    statusUrl: { ...text, format: 'uri', description: "The run's status, for whoever has this URL, until it expires." },
  }),
  Run: object("A run's status.", {
    id: text,
    workflow: text,
    status: { enum: STATUSES },
    'input?': json,
    'output?': json,
    'error?': { $ref: '#/components/schemas/Error' },
    progress: object('Step calls that are over, and the best estimate of how many there will be.', {
      done: count,
      total: count,
    }),
    startedAt: time,
    updatedAt: time,
  }),
  Step: object('One step call of a run.', {
    key: text,
    step: text,
    status: { enum: ['running', 'waiting', 'succeeded', 'failed'] },
    attempts: count,
    input: json,
    'output?': json,
    'error?': { $ref: '#/components/schemas/Error' },
    startedAt: time,
    'endedAt?': time,
  }),
  Object: object('An object of a bucket.', { key: text, size: { ...count, description: 'Bytes.' }, etag: text }),
  Id: object('The run that was told.', { id: text }),
  Etag: object('An object that was put.', { etag: text }),
  QueueList: object('All queues.', {
    items: listOf(
      object('A queue. `ready` can be received, now or after their delay.', {
        name: text,
        ready: count,
        inFlight: count,
        dead: count,
      }),
    ),
  }),
  DeadLetterList: object('Dead letters.', {
    items: listOf(
      object('A message that was tried too often.', {
        id: text,
        key: text,
        message: json,
        attempts: count,
        sentAt: time,
        'error?': { $ref: '#/components/schemas/Error' },
      }),
    ),
  }),
  Redriven: object('How many were put back.', { redriven: count }),
  RunPage: page('Run'),
  StepPage: page('Step'),
  ObjectPage: page('Object'),
} as const satisfies Readonly<Record<string, JsonSchema>>;
