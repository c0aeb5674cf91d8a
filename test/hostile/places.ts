import { segment } from '../support/hostile-strings.ts';

/** A place of the HTTP interface where a text of anybody's choice can stand. */
export interface Place {
  readonly name: string;
  /** The request that has `text` there; `run` is one that waits for the event `word`. */
  request(text: string, run: string): { readonly path: string } & RequestInit;
}

const query = (path: string, field: string): Place => ({
  name: `${path}?${field}=`,
  request: (text) => ({ path: `${path}?${new URLSearchParams({ [field]: text })}` }),
});
const inPath = (before: string, after = '', init: RequestInit = {}): Place => ({
  name: `${init.method ?? 'GET'} ${before}…${after}`,
  request: (text) => ({ path: `${before}${segment(text)}${after}`, ...init }),
});
const json = (name: string, path: string, body: (text: string) => unknown): Place => ({
  name: `POST ${path}: ${name}`,
  request: (text) => ({ path, method: 'POST', body: JSON.stringify(body(text)) }),
});
const header = (field: string, path: string, init: RequestInit = {}): Place => ({
  name: `${path}: ${field}`,
  // What a header cannot carry a client cannot send: percent-encoding is what it would do.
  request: (text) => ({ path, ...init, headers: { [field]: /^[\x20-\x7e]*$/.test(text) ? text : segment(text) } }),
});

const POST = { method: 'POST', body: '{}' };

export const PLACES: readonly Place[] = [
  inPath('/'),
  inPath('/runs/'),
  inPath('/runs/', '/steps'),
  inPath('/runs/', '/cancel', POST),
  inPath('/runs/', '/events/word', POST),
  inPath('/workflows/', '/runs', POST),
  inPath('/buckets/'),
  inPath('/buckets/texts/'),
  inPath('/buckets/texts/', '', { method: 'PUT', body: 'text' }),
  inPath('/queues/', '/dead'),
  inPath('/queues/', '/redrive', POST),
  inPath('/ui/runs/'),
  inPath('/apps/'),
  inPath('/integral/', '/1'),
  inPath('/integral/0/'),
  inPath('/word-count/', '/result'),
  inPath('/api/orchestrators/', '', POST),
  inPath('/statistics/'),
  inPath('/polls/'),
  inPath('/apps/poll/'),
  inPath('/polls/', '/votes', POST),
  inPath('/probe/records/', '/id', { method: 'PUT', body: 'text' }),
  inPath('/probe/records/partition/', '', { method: 'PUT', body: 'text' }),
  {
    name: 'POST /runs/{id}/events/…',
    request: (text, run) => ({ path: `/runs/${run}/events/${segment(text)}`, ...POST }),
  },
  query('/runs', 'cursor'),
  query('/runs', 'status'),
  query('/runs', 'workflow'),
  query('/ui/runs', 'cursor'),
  query('/ui/runs', 'status'),
  query('/ui/runs', 'workflow'),
  query('/', 'next'),
  query('/buckets/texts', 'prefix'),
  query('/buckets/texts', 'cursor'),
  query('/buckets/texts', 'limit'),
  query('/queues/notes/dead', 'max'),
  query('/integral', 'lower'),
  query('/api/calculate_integral?a=0&b=1', 'n'),
  query('/api/mapreduce', 'tokenizer'),
  query('/api/mapreduce', 'splits'),
  header('idempotency-key', '/workflows/echoing/runs', POST),
  header('authorization', '/runs'),
  header('cookie', '/runs'),
  header('range', '/buckets/texts/there'),
  header('if-match', '/buckets/texts/there', { method: 'PUT', body: 'text' }),
  header('if-none-match', '/buckets/texts/there', { method: 'PUT', body: 'text' }),
  header('content-type', '/buckets/texts/there', { method: 'PUT', body: 'text' }),
  header('accept', '/'),
  header('traceparent', '/runs'),
  header('origin', '/login', { method: 'POST', body: new URLSearchParams({ key: 'wrong' }) }),
  json('an input', '/workflows/echoing/runs', (text) => text),
  json('a key of an input', '/workflows/echoing/runs', (text) => ({ [text]: [text] })),
  json('f', '/integrals', (f) => ({ f, variables: { x: [0, 1] } })),
  json('a variable', '/integrals', (text) => ({ f: 'x', variables: { [text]: [0, 1] } })),
  json('a bound', '/integrals', (text) => ({ f: 'x', variables: { x: [0, text] } })),
  json('relTol', '/integrals', (text) => ({ f: 'x', variables: { x: [0, 1] }, relTol: text })),
  json('another field', '/integrals', (text) => ({ f: 'x', variables: { x: [0, 1] }, [text]: 1 })),
  json('prefix', '/api/mapreduce', (prefix) => ({ prefix, tokenizer: 'T1' })),
  json('a title', '/polls', (title) => ({ title, options: [title, 'b'] })),
  json('numbers', '/statistics', (text) => ({ numbers: text })),
  json('a number', '/statistics', (text) => ({ numbers: [1, text] })),
  json('a message', '/probe/notes', (text) => ({ [text]: text })),
  json('max', '/queues/notes/redrive', (max) => ({ max })),
];
