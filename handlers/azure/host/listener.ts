import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A server of 127.0.0.1 that is there before it can answer: the app has to know its port when it is loaded. */
export interface Listener {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  readonly url: string;
  /** Requests that came before wait for this. */
  answer(answer: Answer): void;
  /** Takes no more connections; requests that are under way may end. */
  close(): Promise<void>;
}

/** Milliseconds that they get. */
const GRACE = 10_000;

export async function openListener(port: number): Promise<Listener> {
  const ready = Promise.withResolvers<Answer>();
  ready.promise.catch(() => undefined);
  const server = createServer((request, response) => {
    ready.promise
      .then((answer) => answer(request, response))
      .catch(() => {
        if (!response.headersSent) response.writeHead(503);
        response.end();
      });
  });
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(port, '127.0.0.1', listening.resolve);
  await listening.promise;
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}`,
    answer: ready.resolve,
    async close() {
      ready.reject(new Error('the host is closed'));
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      // A connection that is kept alive is idle only when its last answer is out.
      const idle = setInterval(() => server.closeIdleConnections(), 50);
      const late = setTimeout(() => server.closeAllConnections(), GRACE);
      await closed.promise;
      clearInterval(idle);
      clearTimeout(late);
    },
  };
}
