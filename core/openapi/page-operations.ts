import type { JsonSchema } from './openapi.ts';
import type { RoomOperation } from './room-operations.ts';

const WITHOUT_KEY = 'Without the key it leads to the login.';

const file = (summary: string, type: string): RoomOperation => ({
  tag: 'room',
  summary,
  public: true,
  answer: { status: 200, description: 'A file.', type },
});
const page = (summary: string, description?: string): RoomOperation => ({
  ...file(summary, 'text/html'),
  ...(description !== undefined && { description }),
});
const form = (summary: string, leads: string, ...fields: readonly string[]): RoomOperation => ({
  tag: 'room',
  summary,
  public: true,
  ...(fields.length > 0 && { body: { type: 'application/x-www-form-urlencoded', schema: fieldsOf(fields) } }),
  answer: { status: 303, description: leads },
});

/** All are text. Those whose name ends in `?` may be absent. */
function fieldsOf(fields: readonly string[]): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.replace('?', ''), { type: 'string' }])),
    required: fields.filter((field) => !field.endsWith('?')),
  };
}

/** What the room serves to people, in a browser. */
export const PAGE_OPERATIONS: Readonly<Record<string, RoomOperation>> = {
  'GET /': page('The home page'),
  'GET /docs': page('This document as a page'),
  'GET /docs.css': file('The style of that page', 'text/css'),
  'GET /skein.css': file('The style of the other pages', 'text/css'),
  'GET /ui/live.js': file('Their script', 'text/javascript'),
  'GET /favicon.svg': file('Their icon', 'image/svg+xml'),
  'GET /favicon.ico': file('Their icon', 'image/svg+xml'),
  'GET /ui/runs': page('The list of runs', WITHOUT_KEY),
  'GET /ui/runs/:id': page('A run and its graph', WITHOUT_KEY),
  'POST /ui/runs/:id/cancel': form('Cancel a run', "To the run's page."),
  'POST /ui/runs/:id/events': form('Send an event to a run', "To the run's page.", 'name', 'data?', 'key?'),
  'POST /login': form('Log a browser in', 'With a cookie that stands for the key.', 'key', 'next?'),
  'POST /logout': form('Log a browser out', 'To the home page.'),
};
