import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { App } from '../../core/app.ts';
import { cameFrom } from '../../core/http/client-address.ts';
import { SetupError } from '../../core/setup-error.ts';
import { clientBehind, proxiesIn } from './forwarded.ts';
import { openRoom, type Room, type RoomOptions } from './room.ts';

export interface ServeOptions extends RoomOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** Seconds that a request may take to arrive, its body included, 1 to 86,400. @default 300 */
  readonly requestSeconds?: number;
  /**
   * Proxies whose `X-Forwarded-For` is believed: addresses, or networks such as `10.0.0.0/8`.
   *
   * @default those of `SKEIN_TRUSTED_PROXIES`, between commas, or none
   */
  readonly trustedProxies?: readonly string[];
}

export interface Served {
  readonly room: Room;
  readonly url: string;
  /** Starts no more steps from now on, ends open requests and running steps in peace, then closes the room. */
  close(): Promise<void>;
}

/** Milliseconds that open connections get to finish when the process is asked to stop. */
const GRACE = 10_000;

/** Milliseconds that the headers of a request may take to arrive. */
const HEADERS = 30_000;

/** Serves apps over HTTP from this process. */
export async function serve(apps: readonly App[], options: ServeOptions): Promise<Served> {
  const { port, host = '127.0.0.1', requestSeconds = 300, trustedProxies, ...roomOptions } = options;
  if (!(Number.isSafeInteger(requestSeconds) && requestSeconds >= 1 && requestSeconds <= 86_400))
    throw new SetupError(`requestSeconds: must be a whole number from 1 to 86400, not ${String(requestSeconds)}`);
  const { env = process.env } = options;
  const clientOf = clientBehind(trustedProxies ?? proxiesIn(env.SKEIN_TRUSTED_PROXIES));
  const ready = Promise.withResolvers<Room>();
  let answer: Room['fetch'] = async (request, environment) => (await ready.promise).fetch(request, environment);
  const server = createAdaptorServer({
    fetch: (request, { incoming }) => {
      const address = clientOf(incoming.socket.remoteAddress, request.headers.get('x-forwarded-for'));
      return answer(request, cameFrom(address));
    },
    hostname: host,
    serverOptions: {
      requestTimeout: requestSeconds * 1000,
      headersTimeout: Math.min(requestSeconds * 1000, HEADERS),
      connectionsCheckingInterval: 1_000,
    },
  });
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(port, host, listening.resolve);
  // Before the room: where the port is taken no run may have gone on.
  await listening.promise;
  let room: Room;
  try {
    room = await openRoom(apps, roomOptions);
  } catch (error) {
    server.close();
    ready.promise.catch(() => undefined);
    ready.reject(error);
    throw error;
  }
  answer = room.fetch;
  ready.resolve(room);
  const { address, port: actual } = server.address() as AddressInfo;
  const url = `http://${address.includes(':') ? `[${address}]` : address}:${actual}`;
  return {
    room,
    url,
    async close() {
      room.drain();
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      // A connection that is kept alive is idle only when its last answer is out.
      const idle = setInterval(() => 'closeIdleConnections' in server && server.closeIdleConnections(), 50);
      const late = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), GRACE);
      await closed.promise;
      clearInterval(idle);
      clearTimeout(late);
      await room.close();
    },
  };
}
