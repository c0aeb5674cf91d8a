import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { app, http } from '../../../core/index.ts';
import { lambdaStream } from '../../../handlers/aws/index.ts';
import { invokeStreaming, streamingRuntime } from './streaming-runtime.ts';

const eventOf = (path: string, method = 'GET'): object => ({
  version: '2.0',
  rawPath: path,
  requestContext: { domainName: 'a.lambda-url.eu-west-1.on.aws', http: { method } },
});

let release: () => void = () => undefined;
const routes = http('routes', {
  routes: (api) =>
    api
      .get(
        '/bytes',
        () =>
          new Response(new Uint8Array([0, 1, 2, 255]), {
            status: 201,
            headers: [
              ['x-a', 'b'],
              ['set-cookie', 'a=1'],
              ['set-cookie', 'b=2'],
            ],
          }),
      )
      .get('/nothing', () => new Response(null, { status: 204 }))
      .get('/empty', () => new Response(new ReadableStream({ start: (c) => c.close() })))
      .get('/big', () => new Response('x'.repeat(8_000_000)))
      .get('/slow', () => {
        const gate = new Promise<void>((resolve) => {
          release = resolve;
        });
        let told = false;
        return new Response(
          new ReadableStream({
            async pull(controller) {
              if (told) {
                await gate;
                controller.enqueue(Buffer.from('second'));
                return controller.close();
              }
              told = true;
              controller.enqueue(Buffer.from('first'));
            },
          }),
        );
      })
      .get('/breaks', () => {
        let pulls = 0;
        return new Response(
          new ReadableStream({
            pull: (c) => (pulls++ === 0 ? c.enqueue(Buffer.from('half')) : c.error(new Error('broken'))),
          }),
        );
      }),
});
const streamed = (path: string, method?: string, onChunk?: (sofar: string) => void) =>
  invokeStreaming(
    lambdaStream(app('stream', { http: [routes] }), { log: () => undefined }),
    eventOf(path, method),
    onChunk,
  );

describe('where the runtime streams', () => {
  beforeEach(() => void vi.stubGlobal('awslambda', streamingRuntime));
  afterEach(() => void vi.unstubAllGlobals());

  test('status, headers and cookies go before the bytes', async () => {
    const { contentType, metadata, body, error } = await streamed('/bytes');
    expect(contentType).toBe('application/vnd.awslambda.http-integration-response');
    expect(metadata).toEqual({ statusCode: 201, headers: { 'x-a': 'b' }, cookies: ['a=1', 'b=2'] });
    expect([...body]).toEqual([0, 1, 2, 255]);
    expect(error).toBeUndefined();
  });

  test.each([
    ['/nothing', 204],
    ['/empty', 200],
  ])('%s has its metadata too', async (path, statusCode) => {
    const { metadata, body, error } = await streamed(path);
    expect([metadata.statusCode, body.length, error]).toEqual([statusCode, 0, undefined]);
  });

  test('an answer larger than a buffered one may be', async () => {
    expect((await streamed('/big')).body).toHaveLength(8_000_000);
  });

  test('the first bytes arrive before the last are made', async () => {
    const { body } = await streamed('/slow', 'GET', (sofar) => sofar.includes('first') && release());
    expect(body.toString()).toBe('firstsecond');
  });

  test('an answer that breaks ends with its error', async () => {
    const { body, error } = await streamed('/breaks');
    expect([body.toString(), error]).toEqual(['half', 'Error']);
  });

  test('what cannot be a request, and what is not found, are answered', async () => {
    expect((await streamed('/', 'TRACE')).metadata.statusCode).toBe(400);
    expect((await streamed('/absent')).metadata.statusCode).toBe(404);
  });

  test('records are refused', async () => {
    const handler = lambdaStream(app('stream', { http: [routes] })) as (
      event: unknown,
      stream: unknown,
    ) => Promise<void>;
    const event = { Records: [{ eventSource: 'aws:sqs', messageId: 'a', body: '' }] };
    await expect(handler(event, {})).rejects.toMatchObject({
      name: 'Unsupported',
      message: /a record event of "aws:sqs"/,
    });
  });
});

test('where it does not, nobody finds out at the first request only', () => {
  expect(() => lambdaStream(app('stream', { http: [routes] }))).toThrow(/no awslambda.streamifyResponse/);
});
