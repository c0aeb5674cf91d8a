import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROOT, type Server, startServer } from '../support/server.ts';

const MIB = 1_048_576;
const PROBE = join(ROOT, 'test/hostile/probe.ts');

let server: Server;
/** One that waits for nobody. */
let hasty: Server;
beforeAll(async () => {
  server = await startServer({ module: PROBE });
  hasty = await startServer({ module: PROBE, env: { SKEIN_REQUEST_SECONDS: '2', SKEIN_ADMIN_KEY: server.key } });
});

/** Bytes that the server holds in memory. */
function memory(): number {
  const [, kilobytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

/** What a server answers to these bytes before it hangs up. */
function raw(to: Server, ...parts: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(to.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk));
    socket.on('close', () => resolve(answer));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      answer === '' && error.code !== 'ECONNRESET' && error.code !== 'EPIPE' ? reject(error) : resolve(answer),
    );
    for (const part of parts) socket.write(part);
  });
}

const post = (headers: string): string =>
  `POST /workflows/echoing/runs HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${server.key}\r\n${headers}\r\n`;

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** A body of so many MiB that says nothing of its length. */
function endless(mebibytes: number): ReadableStream<Uint8Array> {
  const chunk = new Uint8Array(MIB / 16).fill(0x20);
  let left = mebibytes * 16;
  return new ReadableStream({ pull: (to) => (left-- > 0 ? to.enqueue(chunk) : to.close()) });
}

const streamed = (path: string, body: ReadableStream<Uint8Array>, init: RequestInit = {}): Promise<Response> =>
  server.withKey(path, { method: 'POST', body, duplex: 'half', ...init } as RequestInit);

describe('a body that is too large', () => {
  test('is refused before it is read, where it says so', async () => {
    expect(await raw(server, post(`Content-Length: ${500 * MIB}\r\nConnection: close\r\n`), '{')).toMatch(
      /^HTTP\/1.1 413 /,
    );
  });

  test('is refused where it gets there, where it does not, and never held whole', async () => {
    const before = memory();
    for (const path of ['/workflows/echoing/runs', '/probe/notes', '/queues/notes/redrive', '/login'])
      await streamed(path, endless(100), { headers: FORM }).then(
        (response) => expect(response.status, path).toBe(413),
        // The server hangs up on who goes on sending; the client may not see the answer then.
        (error: Error) => expect(String(error.cause), path).toMatch(/ECONNRESET|EPIPE|other side closed|SocketError/),
      );
    expect(memory() - before).toBeLessThan(150 * MIB);
    expect((await server.withKey('/runs')).status).toBe(200);
  });

  test('is no larger for being compressed: nobody unpacks it', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * MIB));
    expect(bomb.length).toBeLessThan(MIB);
    const before = memory();
    const headers = { 'content-encoding': 'gzip' };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        server.withKey('/workflows/echoing/runs', { method: 'POST', body: bomb, headers }),
      ),
    );
    for (const answer of answers) expect(answer.status).toBe(400);
    expect(memory() - before).toBeLessThan(150 * MIB);
  });

  test('may be an object of a bucket, and passes through in bounded memory', async () => {
    const before = memory();
    const put = await streamed('/buckets/texts/large', endless(200), { method: 'PUT' });
    expect(put.status).toBe(201);
    expect(memory() - before).toBeLessThan(150 * MIB);
  });
});

describe('a client that takes its time', () => {
  test('with its headers is hung up on', async () => {
    expect(await raw(hasty, 'POST /workflows/echoing/runs HTTP/1.1\r\nHost: a\r\nX-')).toMatch(/^HTTP\/1.1 408 |^$/);
  });

  test('with its body is hung up on, and takes nothing from others', async () => {
    const slow = Array.from({ length: 50 }, () => raw(hasty, post('Content-Length: 100\r\n'), '{"a":'));
    expect((await hasty.withKey('/runs')).status).toBe(200);
    for (const answer of await Promise.all(slow)) expect(answer).toMatch(/^HTTP\/1.1 408 |^$/);
    expect((await hasty.withKey('/runs')).status).toBe(200);
  });
});

describe('what is no HTTP', () => {
  const wrong: readonly [title: string, request: () => string][] = [
    ['noise', () => randomBytes(500).toString('latin1')],
    ['two lengths', () => post('Content-Length: 2\r\nContent-Length: 3\r\nConnection: close\r\n')],
    ['a length and chunks', () => post('Content-Length: 2\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n')],
    ['a negative length', () => post('Content-Length: -1\r\nConnection: close\r\n')],
    ['chunks of chunks', () => post('Transfer-Encoding: chunked, chunked\r\nConnection: close\r\n')],
    ['a line in a header', () => post('X-A: a\nX-B\rb\r\nConnection: close\r\n')],
    ['64 KiB of headers', () => post(`X-A: ${'a'.repeat(65_536)}\r\nConnection: close\r\n`)],
    ['no host', () => 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['a host that is none', () => 'GET / HTTP/1.1\r\nHost: a b/c?d\r\nConnection: close\r\n\r\n'],
    ['a path that is none', () => `GET http://[::1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`],
    ['a path of 20 KiB', () => `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`],
  ];
  for (const [title, request] of wrong)
    test(`${title} is a 4xx or no answer`, async () => {
      expect(await raw(server, request())).toMatch(/^HTTP\/1.1 4\d\d |^$/);
      expect((await server.withKey('/runs')).status).toBe(200);
    });
});

test('not one log line of all this is forged or a defect', async () => {
  const told = await Promise.all([server.stop(), hasty.stop()]);
  for (const line of told.flatMap(({ stderr }) => stderr.split('\n')).filter((text) => text.startsWith('{'))) {
    const { time, message } = JSON.parse(line) as { time: string; message: string };
    expect(Number.isNaN(Date.parse(time)), line).toBe(false);
    expect(message, line).not.toMatch(/request failed|forged/);
  }
});
