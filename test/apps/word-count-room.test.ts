import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import app from '../../apps/word-count/index.ts';
import { resultResponse } from '../../apps/word-count/result-response.ts';
import { sampleText } from '../../apps/word-count/sample.ts';
import { script } from '../../apps/word-count/script.ts';
import type { RunStatus } from '../../core/workflow/runs.ts';
import { type Dev, open } from '../../handlers/local/dev.ts';
import { countNaively } from '../support/count-words.ts';
import { memoryBucket } from '../support/memory-bucket.ts';

const folder = join(import.meta.dirname, '../../apps/word-count/sample');
const samples = Object.fromEntries(
  readdirSync(folder).map((name) => [`sample/${name}`, readFileSync(join(folder, name))]),
);

let room: Dev;
beforeAll(async () => {
  room = await open(app);
  for (const [key, body] of Object.entries(samples)) {
    const headers = { authorization: `Bearer ${room.adminKey}` };
    const put = await room.fetch(new Request(`http://room/buckets/corpus/${key}`, { method: 'PUT', headers, body }));
    expect(put.status).toBe(201);
  }
});
afterAll(() => room.close());

const ask = (path: string, init?: RequestInit): Promise<Response> =>
  room.fetch(new Request(`http://room${path}`, init));
const post = (path: string, body?: string): Promise<Response> =>
  ask(path, { method: 'POST', ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }) });

interface Accepted {
  readonly id: string;
  readonly statusUrl: string;
  readonly resultUrl: string;
}

/** The whole result of a run that a request started. */
async function resultOf(response: Response): Promise<string> {
  expect(response.status).toBe(202);
  const body = (await response.json()) as Accepted;
  expect(Object.keys(body).sort()).toEqual(['id', 'resultUrl', 'statusQueryGetUri', 'statusUrl']);
  expect(response.headers.get('location')).toBe(body.statusUrl);
  expect(body).toMatchObject({ statusQueryGetUri: body.statusUrl });
  expect(await room.result(body.id)).toHaveProperty('output');
  const status = await room.fetch(new Request(body.statusUrl));
  expect(await status.json()).toMatchObject({ id: body.id, workflow: 'word-count', status: 'succeeded' });
  const result = await room.fetch(new Request(body.resultUrl));
  expect(result.status).toBe(200);
  expect(result.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  const text = await result.text();
  expect(result.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
  return text;
}

async function problemOf(response: Response): Promise<unknown> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return response.json();
}

describe('over HTTP', () => {
  it('starts by any of the lab’s names, by GET or POST, from a query or a body', async () => {
    const expected = (tokenizer: string): string => countNaively(samples, tokenizer).toString();
    expect(await resultOf(await ask('/api/orchestrators/MasterOrchestrator'))).toBe(expected('T1'));
    expect(await resultOf(await post('/api/orchestrators/wordcount?tokenizer=T3&code=key'))).toBe(expected('T3'));
    expect(await resultOf(await post('/api/orchestrators/WORD-COUNT', '{"tokenizer":"T2","splits":9}'))).toBe(
      expected('T2'),
    );
    expect(await resultOf(await ask('/api/mapreduce?prefix=sample/&splits=3&reducers=2'))).toBe(expected('T1'));
    expect(await resultOf(await post('/api/mapreduce?tokenizer=T1', '{"tokenizer":"T2"}'))).toBe(expected('T2'));
    expect(await resultOf(await ask('/api/mapreduce?prefix=nothing/'))).toBe('');
  });

  it('calls the lab’s phases: a mapper a text, then one shuffler, then the reducers', async () => {
    const { id } = await room.start('word-count', { prefix: 'sample/', reducers: 2 });
    await room.result(id);
    const calls = await room.calls(id);
    expect(calls.map(({ step }) => step).sort()).toEqual([
      'GetInputData',
      'Mapper',
      'Mapper',
      'Mapper',
      'Mapper',
      'Reducer',
      'Reducer',
      'Shuffler',
      'Totals',
    ]);
  });

  it('counts a text that is posted, and that text alone', async () => {
    const headers = { 'content-type': 'text/plain; charset=utf-8' };
    const body = 'Up, up the kite\r\nup, é';
    const expected = countNaively({ body }, 'T2').toString();
    expect(await resultOf(await ask('/word-count/texts?tokenizer=T2', { method: 'POST', headers, body }))).toBe(
      expected,
    );
  });

  it.each([
    ['/api/mapreduce?splits=0', undefined, 'splits'],
    ['/api/mapreduce?splits=many', undefined, 'splits'],
    ['/api/mapreduce?tokenizer=T4', undefined, 'tokenizer'],
    ['/api/mapreduce', '{"reducers":65}', 'reducers'],
    ['/api/mapreduce', '{"prefix":null}', 'prefix'],
    ['/api/mapreduce', '{', 'body'],
    ['/api/mapreduce', '[1]', 'body'],
    ['/word-count/texts', '{"not":"a text"}', 'content-type'],
  ])('refuses %s with the body %s and names the field %s', async (path, body, field) => {
    const response = await post(path, body);
    expect(response.status).toBe(400);
    expect(await problemOf(response)).toMatchObject({ status: 400, code: 'InvalidInput', field });
  });

  it('refuses an empty text and one that is too large', async () => {
    const text = (body: string): Promise<Response> =>
      ask('/word-count/texts', { method: 'POST', headers: { 'content-type': 'text/plain' }, body });
    expect(await problemOf(await text(''))).toMatchObject({ status: 400, field: 'body' });
    expect(await problemOf(await text('x'.repeat(1_048_577)))).toMatchObject({ status: 413, code: 'PayloadTooLarge' });
  });

  it('knows no other orchestrator and no run that is not there', async () => {
    const unknown = (await problemOf(await ask('/api/orchestrators/Nobody'))) as { status: number; detail: string };
    expect(unknown.status).toBe(404);
    expect(unknown.detail).toContain('word-count');
    for (const id of ['nobody', '..%2f..%2fetc', '%00', 'x'.repeat(500)]) {
      const response = await ask(`/word-count/${id}/result`);
      expect([400, 404]).toContain(response.status);
      await problemOf(response);
    }
  });
});

describe('the result', () => {
  const run = { id: 'r', workflow: 'word-count', progress: { done: 2, total: 7 }, startedAt: '', updatedAt: '' };
  const error = { name: 'InputChanged', message: 'the text changed' };
  const output = { files: 1, splits: 1, words: 1, total: 1, top: [], parts: ['gone'] };

  it.each<[RunStatus, number, string]>([
    [{ ...run, status: 'running' }, 409, 'NotFinished'],
    [{ ...run, status: 'failed', error }, 422, 'InputChanged'],
    [{ ...run, status: 'cancelled' }, 422, 'Cancelled'],
    [{ ...run, status: 'succeeded', output }, 410, 'Gone'],
  ])('of %o is a problem', async (status, code, name) => {
    const response = await resultResponse(status, memoryBucket());
    expect(response.status).toBe(code);
    expect(await problemOf(response)).toMatchObject({ status: code, code: name, id: 'r' });
  });
});

describe('the page', () => {
  it('is served with all that it names, and has nothing inline', async () => {
    const response = await ask('/apps/word-count');
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    const html = await response.text();
    expect(html).not.toMatch(/<style|<script(?![^>]* src=)|\son\w+=|style=/);
    for (const [, path = ''] of html.matchAll(/(?:href|src)="(\/apps\/word-count\/[^"]+)"/g)) {
      const asset = await ask(path);
      expect(asset.status).toBe(200);
      expect(asset.headers.get('content-type')).toMatch(/^text\/(css|javascript)/);
    }
    for (const [, id] of script.matchAll(/getElementById\('([^']+)'\)/g)) expect(html).toContain(`id="${id}"`);
    expect(() => new Function(script)).not.toThrow();
  });

  it('offers the sample texts', async () => {
    const files = Object.values(samples).map((text) => text.toString().replaceAll('\r\n', '\n').trimEnd());
    expect(sampleText.trimEnd()).toBe(files.join('\n\n'));
    expect(await (await ask('/apps/word-count/sample.txt')).text()).toBe(sampleText);
  });
});
