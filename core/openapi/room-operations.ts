import { STATUSES } from '../workflow/runs.ts';
import type { JsonSchema, Parameter } from './openapi.ts';
import { PAGE_OPERATIONS } from './page-operations.ts';
import type { ROOM_SCHEMAS } from './room-schemas.ts';

/** What the document says of a route of the room's own. */
export interface RoomOperation {
  readonly tag: 'runs' | 'buckets' | 'queues' | 'room';
  readonly summary: string;
  readonly description?: string;
  readonly public?: true;
  /** Of the query and the headers. */
  readonly parameters?: readonly Parameter[];
  /** The body's media type, and its schema where it is JSON. */
  readonly body?: { readonly type: string; readonly schema: JsonSchema };
  readonly answer: { readonly status: number; readonly description: string; readonly type?: string } & {
    /** Of an answer in JSON. */
    readonly schema?: keyof typeof ROOM_SCHEMAS;
  };
  /** Statuses of the problems that it may answer with, beside 401 where the key is needed. */
  readonly problems?: readonly number[];
}

const text: JsonSchema = { type: 'string' };
const query = (name: string, description: string, schema: JsonSchema = text): Parameter => ({
  name,
  in: 'query',
  description,
  schema,
});
const header = (name: string, description: string): Parameter => ({ name, in: 'header', description, schema: text });

const cursor = query('cursor', 'The `next` of the page before.');
const onceOnly = header('Idempotency-Key', 'Sending twice with one key sends once.');
const signed = [
  query('expires', 'Of a signed URL: seconds since 1970.'),
  query('signature', 'Of a signed URL: it is good for this alone.'),
];
const anyJson = { type: 'application/json', schema: { description: 'Any JSON value; an empty body is `{}`.' } };
const bytes = { description: 'The bytes.' };
const told = { status: 202, description: 'It was told.', schema: 'Id' } as const;

/** A route that starts a run is written down once for each workflow, with its input. */
export const START_ROUTE = '/workflows/:name/runs';
export const startOperation: RoomOperation = {
  tag: 'runs',
  summary: 'Start a run',
  parameters: [header('Idempotency-Key', "The run's id. Starting twice with one id and input starts once.")],
  answer: { status: 202, description: 'It was started.', schema: 'Started' },
  problems: [400, 409, 413],
};

/** The room's own routes, as Hono writes them. A route that is missing here is in the document all the same, undescribed. */
export const ROOM_OPERATIONS: Readonly<Record<string, RoomOperation>> = {
  'GET /runs': {
    tag: 'runs',
    summary: 'List runs, newest first, without input and output',
    parameters: [
      cursor,
      query('status', 'Only those that have it.', { enum: STATUSES }),
      query('workflow', 'Only those of the workflow of this name.'),
    ],
    answer: { status: 200, description: 'A page of runs.', schema: 'RunPage' },
    problems: [400],
  },
  'GET /runs/:id': {
    tag: 'runs',
    summary: 'The status of a run',
    description: 'Needs the key, or the query that the `statusUrl` of the run has.',
    parameters: signed,
    answer: { status: 200, description: 'The status.', schema: 'Run' },
    problems: [404],
  },
  'GET /runs/:id/steps': {
    tag: 'runs',
    summary: 'The step calls of a run, in the order in which they were first started',
    parameters: [cursor],
    answer: { status: 200, description: 'A page of step calls.', schema: 'StepPage' },
    problems: [404],
  },
  'POST /runs/:id/events/:name': {
    tag: 'runs',
    summary: 'Send an event to a run',
    description: 'It is kept where the run does not wait for it yet, and consumed once.',
    parameters: [onceOnly],
    body: anyJson,
    answer: told,
    problems: [400, 404, 409, 413],
  },
  'POST /runs/:id/cancel': {
    tag: 'runs',
    summary: 'Cancel a run',
    description: 'No new step starts after it. Cancelling twice is no error.',
    answer: told,
    problems: [404, 409],
  },
  'GET /buckets/:bucket': {
    tag: 'buckets',
    summary: 'List objects, in the order of the UTF-8 bytes of their keys',
    parameters: [
      query('prefix', 'Only those whose key begins so.'),
      cursor,
      query('limit', 'Objects on a page.', { type: 'integer', minimum: 1, maximum: 1000, default: 1000 }),
    ],
    answer: { status: 200, description: 'A page of objects.', schema: 'ObjectPage' },
    problems: [400, 404],
  },
  'PUT /buckets/:bucket/:key{[\\s\\S]+}': {
    tag: 'buckets',
    summary: 'Put an object',
    description: 'Whole or not at all: a reader sees the old object or the new one. Needs the key or a signed URL.',
    parameters: [
      ...signed,
      header('If-Match', 'Put only where the object has this etag now.'),
      header('If-None-Match', '`*`: put only where there is no object.'),
    ],
    body: { type: '*/*', schema: bytes },
    answer: { status: 201, description: 'It is there.', schema: 'Etag' },
    problems: [400, 404, 412, 413],
  },
  'GET /buckets/:bucket/:key{[\\s\\S]+}': {
    tag: 'buckets',
    summary: 'Get an object',
    description:
      'Needs the key or a signed URL. `HEAD` gives the same without the bytes. A range is answered with 206, an etag that still holds with 304.',
    parameters: [
      ...signed,
      header('Range', 'One range of bytes, such as `bytes=0-99`.'),
      header('If-None-Match', 'The etag that one has.'),
    ],
    answer: { status: 200, description: 'The bytes, with the content type that they were put with.', type: '*/*' },
    problems: [400, 404, 416],
  },
  'DELETE /buckets/:bucket/:key{[\\s\\S]+}': {
    tag: 'buckets',
    summary: 'Delete an object',
    description: 'Deleting what is not there is no error.',
    answer: { status: 204, description: 'It is not there.' },
    problems: [400, 404],
  },
  'GET /queues': {
    tag: 'queues',
    summary: 'List queues, with how full they are',
    answer: { status: 200, description: 'All queues.', schema: 'QueueList' },
  },
  'GET /queues/:queue/dead': {
    tag: 'queues',
    summary: 'The dead letters of a queue',
    parameters: [query('max', 'Letters at most.', { type: 'integer', minimum: 1 })],
    answer: { status: 200, description: 'Dead letters.', schema: 'DeadLetterList' },
    problems: [400, 404],
  },
  'POST /queues/:queue/redrive': {
    tag: 'queues',
    summary: 'Put dead letters back into their queue',
    body: {
      type: 'application/json',
      schema: {
        type: 'object',
        properties: { max: { type: 'integer', minimum: 1, description: 'Letters at most; all without it.' } },
        additionalProperties: false,
      },
    },
    answer: { status: 200, description: 'How many were put back.', schema: 'Redriven' },
    problems: [400, 404],
  },
  'GET /openapi.json': {
    tag: 'room',
    summary: 'This document',
    public: true,
    answer: { status: 200, description: 'OpenAPI 3.1.', type: 'application/json' },
  },
  ...PAGE_OPERATIONS,
};
