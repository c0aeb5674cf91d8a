import { readFileSync } from 'node:fs';
import type { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { app, bucket, consume, http, type ObjectEvent, onObject, queue } from '../../../core/index.ts';
import { isRunId } from '../../../core/workflow/runs.ts';
import { type HttpResult, lambda, toRequest } from '../../../handlers/aws/index.ts';
import { fixture } from '../../support/fixtures.ts';

interface Row {
  readonly file: string;
  readonly kind: string;
  readonly http?: {
    readonly method: string;
    readonly path: string;
    readonly query: readonly (readonly [string, string])[];
    readonly cookies?: readonly string[];
    readonly bodyBase64: string;
    readonly isBase64Encoded: boolean;
  };
  readonly soft?: boolean;
  readonly ids?: readonly string[];
}

const table = fixture('http-events/expected.jsonl');
const rows: readonly Row[] =
  table === undefined
    ? []
    : readFileSync(table, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Row);
const eventOf = ({ file }: Row): unknown => JSON.parse(readFileSync(fixture(`http-events/${file}`) ?? '', 'utf8'));

const said = async (request: Request): Promise<unknown> => ({
  method: request.method,
  path: new URL(request.url).pathname,
  query: [...new URL(request.url).searchParams],
  bodyBase64: Buffer.from(await request.arrayBuffer()).toString('base64'),
});

describe.skipIf(table === undefined)(
  table === undefined ? 'SKIPPED event samples: set SKEIN_FIXTURES to the folder with http-events/' : 'event samples',
  () => {
    const requests = rows.filter(({ http }) => http !== undefined);
    const echo = http('echo', {
      routes: (api: Hono) => api.all('*', async (context) => context.json((await said(context.req.raw)) as object)),
    });

    test('there are some of each kind', () => {
      expect(new Set(requests.map(({ kind }) => kind))).toEqual(
        new Set(['alb', 'apigw-v1', 'apigw-v2', 'function-url']),
      );
    });

    test.each(requests.filter(({ soft }) => soft !== true))('$file is a request', async (row) => {
      const { cookies, isBase64Encoded: _, ...expected } = row.http!;
      const request = toRequest(eventOf(row));
      expect(request.headers.get('cookie')).toBe(cookies?.join('; ') ?? null);
      expect(await said(request)).toEqual(expected);
    });

    test.each(requests)('$file is answered', async (row) => {
      const result = (await lambda(app('echo', { http: [echo] }))(eventOf(row))) as HttpResult;
      expect(result.statusCode).toBe(200);
      const { cookies: _, isBase64Encoded: __, ...expected } = row.http!;
      // At the root stands the home page.
      if (expected.path !== '/') expect(JSON.parse(result.body)).toEqual(expected);
    });

    const recorded = rows.filter(({ kind }) => /^records:aws:(?:sqs|sns|s3)$/.test(kind));
    test.each(recorded)('$file calls its trigger once a record', async (row) => {
      const calls: { id: string; event: unknown }[] = [];
      const run = (event: unknown, { idempotencyKey }: { idempotencyKey: string }): void => {
        calls.push({ id: idempotencyKey, event });
      };
      const triggers = [consume(queue('orders'), { run }), onObject(bucket('files'), { run })];
      const result = await lambda(app('records', { triggers }))(eventOf(row));
      expect(result).toEqual(row.kind === 'records:aws:sqs' ? { batchItemFailures: [] } : undefined);
      expect(calls.every(({ id }) => isRunId(id))).toBe(true);
      expect(calls.map(({ id, event }) => (row.kind === 'records:aws:s3' ? (event as ObjectEvent).key : id))).toEqual(
        row.kind === 'records:aws:s3' ? row.ids!.map(decodeURIComponent) : row.ids,
      );
    });

    const others = rows.filter((row) => row.http === undefined && !recorded.includes(row));
    test.each(others)('$file is refused by name', async (row) => {
      const run = (): never => {
        throw new Error('called');
      };
      const triggers = [consume(queue('orders'), { run }), onObject(bucket('files'), { run })];
      await expect(lambda(app('none', { triggers, http: [echo] }))(eventOf(row))).rejects.toMatchObject({
        name: 'Unsupported',
        message: expect.stringMatching(/^app 'none' takes no such event: an? .+/),
      });
      expect(() => toRequest(eventOf(row))).toThrow(/ is no HTTP request$/);
    });
  },
);
