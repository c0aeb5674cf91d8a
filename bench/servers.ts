import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { app, http } from 'skein';
import { serve } from 'skein/local';

/** Serves hello one of three ways on a free port and says which: `node bench/servers.ts <raw|hono|skein> <folder>`. */
const HELLO = 'hello';
const [kind = '', folder = ''] = process.argv.slice(2);

const kinds: Readonly<Record<string, () => Promise<string>>> = {
  raw: () =>
    listen(
      createServer((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/plain;charset=UTF-8', 'content-length': HELLO.length });
        response.end(HELLO);
      }),
    ),
  hono: () => {
    const api = new Hono();
    api.get('/hello', (context) => context.text(HELLO));
    return listen(createAdaptorServer({ fetch: api.fetch }));
  },
  skein: async () => {
    const hello = http('hello', { routes: (api) => api.get('/hello', (context) => context.text(HELLO)) });
    const { url } = await serve([app('hello', { http: [hello] })], { data: folder, port: 0 });
    return url;
  },
};

interface Listening {
  listen(port: number, host: string, done: () => void): unknown;
  address(): AddressInfo | string | null;
}

function listen(server: Listening): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  return promise;
}

const start = kinds[kind];
if (start === undefined) throw new Error(`one of ${Object.keys(kinds).join(', ')} is wanted, not '${kind}'`);
process.stdout.write(`${await start()}/hello\n`);
