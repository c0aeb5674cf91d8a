import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import type { App } from '../../../core/app.ts';
import { frontOf } from './front.ts';
import { type PackageOptions, packageApps } from './package-apps.ts';
import { ricProgram } from './ric.ts';
import { openSandboxRoom, type SandboxOptions, type SandboxRoom } from './room.ts';

export interface ServeOptions extends Omit<SandboxOptions, 'folder' | 'originsOf'>, Omit<PackageOptions, 'folder'> {
  /** 0 takes a free one. */
  readonly port: number;
  /** A package that is there already. @default one is made */
  readonly folder?: string;
}

export interface Served {
  readonly room: SandboxRoom;
  readonly url: string;
  /** Ends open requests in peace, then everything else. What the room held is gone. */
  close(): Promise<void>;
}

/** Milliseconds that open connections get to finish when the process is asked to stop. */
const GRACE = 10_000;

/** Packages apps as they are deployed to AWS, and serves the package from this machine, on 127.0.0.1. */
export async function serve(apps: readonly App[], options: ServeOptions): Promise<Served> {
  const { port, root, module, folder: given, ...rest } = options;
  ricProgram();
  const ready = Promise.withResolvers<(request: Request) => Promise<Response>>();
  ready.promise.catch(() => undefined);
  const server = createAdaptorServer({ fetch: async (request) => (await ready.promise)(request) });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: own } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${own}`;
  const made = given === undefined ? mkdtempSync(join(tmpdir(), 'skein-package-')) : undefined;
  const folder = given ?? made ?? '';
  let room: SandboxRoom;
  try {
    if (made !== undefined) await packageApps({ root, module, folder });
    const originsOf = (app: string): readonly string[] =>
      ['127.0.0.1', 'localhost', `${app}.localhost`].map((host) => `http://${host}:${own}`);
    room = await openSandboxRoom(apps, { ...rest, folder, originsOf });
  } catch (error) {
    server.close();
    ready.reject(error);
    throw error;
  } finally {
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
  }
  ready.resolve(frontOf(apps, (app, request) => room.fetch(app.name, request)));
  return {
    room,
    url,
    async close() {
      const closed = once(server, 'close');
      server.close();
      const idle = setInterval(() => 'closeIdleConnections' in server && server.closeIdleConnections(), 50);
      const late = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), GRACE);
      await closed;
      clearInterval(idle);
      clearTimeout(late);
      await room.close();
    },
  };
}
