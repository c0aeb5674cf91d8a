import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import apps from '../../apps/index.ts';
import type { Json, RunStatus } from '../../core/index.ts';
import { type Dev, open } from '../../handlers/local/dev.ts';
import { fixture } from '../support/fixtures.ts';
import { hostileStrings, missing, repeated } from '../support/hostile-strings.ts';
import { PLACES } from './places.ts';
import probe, { records } from './probe.ts';

let room: Dev;
let waiting = '';
const logged: string[] = [];
beforeAll(async () => {
  room = await open([...apps, probe], { log: (message) => void logged.push(message) });
  waiting = (await room.start('hearing', null)).id;
  await send('/buckets/texts/there', { method: 'PUT', body: 'there' });
});
afterAll(() => room.close());

const ORIGIN = 'http://127.0.0.1:3000';
const send = (path: string, init: RequestInit = {}): Promise<Response> => {
  const headers = new Headers(init.headers);
  if (!headers.has('authorization') && !headers.has('cookie')) headers.set('authorization', `Bearer ${room.adminKey}`);
  return room.fetch(new Request(ORIGIN + path, { ...init, headers }));
};

/** What no answer may have in it: a stack, a path of this machine, a module of Node. */
const LEAK = /\n\s+at |node:internal|node_modules|\.ts:\d+/;
const strings = hostileStrings(20_000);
const note = missing.length === 0 ? '' : ` (SKIPPED ${missing.join(', ')}: set SKEIN_FIXTURES)`;

describe(`${strings.length} hostile strings${note}`, () => {
  for (const place of PLACES)
    test(place.name, async () => {
      const before = Object.getOwnPropertyNames(Object.prototype).length;
      for (const text of strings) {
        const { path, ...init } = place.request(text, waiting);
        // What the client's own URL parser makes a request for another host never gets here.
        if (path.startsWith('//')) continue;
        const response = await send(path, init);
        const body = await response.text();
        const said = `${place.name} ${JSON.stringify(text.slice(0, 80))}: ${response.status} ${body.slice(0, 300)}`;
        expect(response.status < 500 || response.status === 501, said).toBe(true);
        expect(LEAK.test(body), said).toBe(false);
        if (response.headers.get('content-type') === 'application/problem+json') {
          const problem = JSON.parse(body) as { status: number; code: string; detail: string; field?: string };
          expect(problem.status, said).toBe(response.status);
          expect(problem.code, said).toMatch(/^[A-Z]\w+$/);
          if (response.status === 400) expect(problem.field, said).toEqual(expect.any(String));
        } else
          expect(
            response.status < 400 || /^text\/(html|plain)/.test(response.headers.get('content-type') ?? ''),
            said,
          ).toBe(true);
        for (const [name, value] of response.headers) {
          expect(/[\r\n]/.test(name + value), said).toBe(false);
          if (name === 'location') expect(new URL(value, ORIGIN).origin, said).toBe(ORIGIN);
        }
        expect(response.headers.get('set-cookie') ?? '', said).not.toContain('crlf');
      }
      expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(before);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    });

  test('none of them was a defect', () => {
    expect(logged.filter((message) => message === 'request failed')).toEqual([]);
  });

  test('come back as they went in: an input, an event, a message of a table', async () => {
    for (const text of strings) {
      const wanted = JSON.parse(JSON.stringify({ text, [text]: [text] })) as Json;
      const started = await room.start('echoing', wanted);
      const outcome = await room.result(started.id);
      if ('output' in outcome) expect(outcome.output).toEqual(wanted);
      else expect(outcome.error.name, JSON.stringify(text.slice(0, 80))).toBe('InvalidInput');
    }
    const said = strings.slice(0, 200);
    const { id } = await room.start('hearing', null);
    await room.event(
      id,
      'word',
      said.map((text) => text.slice(0, 500)),
    );
    expect(await room.result(id)).toEqual({ output: said.map((text) => text.slice(0, 500)) });
    const { records: table } = room.clients({ records: records.all });
    for (const text of strings) {
      await table.put({ partition: 'p', id: 'i' }, { text });
      expect((await table.get({ partition: 'p', id: 'i' }))?.value).toEqual({ text });
    }
  });
});

const suite = fixture('fuzz/json-test-suite.json');
const title = 'JSON bodies: what is JSON starts a run with just that, what is none is a 400 that names the body';
test.skipIf(suite === undefined)(suite === undefined ? `SKIPPED ${title}: set SKEIN_FIXTURES` : title, async () => {
  const cases = JSON.parse(readFileSync(suite!, 'utf8')) as JsonCase[];
  for (const one of cases) {
    const body = bodyOf(one);
    const response = await send('/workflows/echoing/runs', { method: 'POST', body: new Uint8Array(body) });
    const answer = (await response.json()) as { id: string; field?: string };
    if (one.expect === 'accept') expect(response.status, one.name).toBe(202);
    // An empty body is an empty input.
    else if (one.expect === 'reject' && body.toString().trim() !== '') expect(response.status, one.name).toBe(400);
    else expect([202, 400], one.name).toContain(response.status);
    if (response.status === 400) expect(answer.field, one.name).toBe('body');
    else if (one.expect === 'accept') {
      const outcome = await room.result(answer.id);
      expect(outcome, one.name).toEqual({ output: JSON.parse(JSON.stringify(JSON.parse(body.toString()))) });
    }
  }
});

const pollution = fixture('fuzz/prototype-pollution.json');
const law = 'bodies and queries that pollute prototypes pollute none, and change no other request';
test.skipIf(pollution === undefined)(pollution === undefined ? `SKIPPED ${law}: set SKEIN_FIXTURES` : law, async () => {
  const { json, query } = JSON.parse(readFileSync(pollution!, 'utf8')) as Record<'json' | 'query', string[]>;
  const paths = [
    '/workflows/echoing/runs',
    '/workflows/word-count/runs',
    '/integrals',
    '/probe/notes',
    '/queues/notes/redrive',
    '/runs/x/events/word',
  ];
  const before = Object.getOwnPropertyNames(Object.prototype);
  const good = (await send('/integral/0/1')).status;
  for (const body of json)
    for (const path of paths)
      expect((await send(path, { method: 'POST', body })).status, `${path} ${body}`).toBeLessThan(500);
  for (const one of query)
    for (const path of ['/runs', '/integral/0/1', '/api/mapreduce', '/ui/runs', '/'])
      expect((await send(`${path}?${one}`)).status, `${path}?${one}`).toBeLessThan(500);
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  expect([].length).toBe(0);
  expect((await send('/integral/0/1')).status).toBe(good);
  const listed = (await (await send('/runs')).json()) as { items: RunStatus[] };
  expect(listed.items.length).toBeGreaterThan(0);
});

test('the folder of the buckets holds nothing outside of it', async () => {
  const { items } = (await (await send('/buckets/texts')).json()) as { items: { key: string }[] };
  for (const { key } of items) expect(join('/a', key).startsWith('/a/')).toBe(true);
});

interface JsonCase {
  readonly name: string;
  readonly expect: 'accept' | 'reject' | 'either';
  readonly b64?: string;
  readonly gen?: object;
}

function bodyOf({ b64, gen = {} }: JsonCase): Buffer {
  return b64 === undefined ? Buffer.from(repeated(gen) ?? '') : Buffer.from(b64, 'base64');
}
