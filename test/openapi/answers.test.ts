import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { JsonSchema, OpenApi } from '../../core/openapi/openapi.ts';
import { type Dev, open } from '../../handlers/local/dev.ts';
import office from '../support/apps/office.ts';
import library from './library.ts';

let room: Dev;
let document: OpenApi;
beforeAll(async () => {
  room = await open([library, office]);
  document = (await (await room.fetch(new Request('http://localhost/openapi.json'))).json()) as OpenApi;
});
afterAll(() => room.close());

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  room.fetch(
    new Request(`http://localhost${path}`, { ...init, headers: { authorization: `Bearer ${room.adminKey}` } }),
  );

/** What the document says of an answer in JSON, as a schema that stands alone. */
function saidOf(path: string, method: string, status: number): z.ZodType {
  const { responses } = document.paths[path]![method]!;
  const given = responses[status]!;
  const response = '$ref' in given ? document.components.responses.Problem! : given;
  const [{ schema }] = Object.values(response.content!) as [{ schema: JsonSchema }];
  const { schemas } = document.components;
  const whole = JSON.stringify({ ...schema, $defs: schemas }).replaceAll('#/components/schemas/', '#/$defs/');
  return z.fromJSONSchema(JSON.parse(whole));
}

test('what the room answers is what its document says', async () => {
  const { id } = await room.start('greet', { name: 'Ada' });
  await room.result(id);
  const failed = await room.start('failing', {});
  await room.result(failed.id);
  await room.start('approve', {}, { id: 'waiting' });
  const put = { method: 'PUT', body: 'x' };
  const answers: readonly (readonly [path: string, said: string, init?: RequestInit, status?: number])[] = [
    ['/workflows/lend/runs', '/workflows/lend/runs', { method: 'POST', body: '{"title":"Emma"}' }, 202],
    ['/workflows/lend/runs', '/workflows/lend/runs', { method: 'POST', body: '{}' }, 400],
    [`/runs/${id}`, '/runs/{id}'],
    [`/runs/${failed.id}`, '/runs/{id}'],
    ['/runs/waiting', '/runs/{id}'],
    ['/runs/nobodys', '/runs/{id}', {}, 404],
    ['/runs', '/runs'],
    ['/runs?status=odd', '/runs', {}, 400],
    [`/runs/${id}/steps`, '/runs/{id}/steps'],
    [`/runs/${failed.id}/steps`, '/runs/{id}/steps'],
    [`/runs/${id}/cancel`, '/runs/{id}/cancel', { method: 'POST' }, 409],
    ['/runs/waiting/events/approved', '/runs/{id}/events/{name}', { method: 'POST', body: '{"by":"ada"}' }, 202],
    ['/buckets/desk/a', '/buckets/{bucket}/{key}', put, 201],
    ['/buckets/desk', '/buckets/{bucket}'],
    ['/buckets/nobodys', '/buckets/{bucket}', {}, 404],
    ['/queues', '/queues'],
    ['/books/7', '/books/{id}'],
  ];
  for (const [path, said, init = {}, status = 200] of answers) {
    const response = await ask(path, init);
    const body: unknown = await response.json();
    expect([path, response.status]).toEqual([path, status]);
    const method = (init.method ?? 'GET').toLowerCase();
    expect(saidOf(said, method, status).safeParse(body)).toMatchObject({ success: true });
    expect(saidOf(said, method, status).safeParse({ nothing: 'of the kind' }).success).toBe(false);
  }
});
