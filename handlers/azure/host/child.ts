import Module from 'node:module';
import { Server } from 'node:net';
import { makeCoreApi } from './core-api.ts';
import { loadApp } from './load-app.ts';
import type { FromChild, Thrown, ToChild } from './wire.ts';

/** Sent in order; the process ends when nobody listens any more. */
function tell(message: FromChild): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function thrownOf(thrown: unknown): Thrown {
  if (!(thrown instanceof Error)) return { name: 'Error', message: String(thrown), stack: '' };
  const { cause } = thrown;
  const stack = `${thrown.stack ?? ''}${cause instanceof Error ? `\ncaused by: ${cause.stack ?? cause.message}` : ''}`;
  return { name: thrown.name, message: thrown.message, stack };
}

const api = makeCoreApi((line) => tell({ kind: 'log', ...line }));

// As the language worker does it: only what is required, not what is imported; the library is CommonJS.
const { prototype } = Module as unknown as { prototype: { require(this: unknown, id: string): unknown } };
const { require: original } = prototype;
prototype.require = function (id) {
  return id === '@azure/functions-core' ? api.module : original.call(this, id);
};

/** The library's server for streams would listen on every interface: it names no host. */
async function onLoopback<T>(start: () => Promise<T>): Promise<T> {
  const { listen } = Server.prototype;
  Server.prototype.listen = function (this: Server, ...args: unknown[]) {
    const [first] = args;
    const hostless = typeof first === 'number' ? args.slice(1) : args;
    const port = typeof first === 'number' ? first : 0;
    return Reflect.apply(listen, this, [port, '127.0.0.1', ...hostless]) as Server;
  } as typeof listen;
  try {
    return await start();
  } finally {
    Server.prototype.listen = listen;
  }
}

async function open(folder: string): Promise<void> {
  try {
    await loadApp(folder);
    const { HttpUri } = await onLoopback(() => api.start(folder));
    const streaming = HttpUri === undefined ? {} : { streamPort: Number(new URL(HttpUri).port) };
    tell({ kind: 'ready', functions: api.functions(), ...streaming });
  } catch (error) {
    tell({ kind: 'failed', error: thrownOf(error) });
  }
}

async function invoke({ call, invocation }: Extract<ToChild, { kind: 'invoke' }>): Promise<void> {
  try {
    tell({ kind: 'result', call, result: await api.invoke(invocation) });
  } catch (error) {
    tell({ kind: 'error', call, error: thrownOf(error) });
  }
}

async function close(): Promise<void> {
  try {
    await api.terminate();
  } finally {
    process.disconnect?.();
    process.exit();
  }
}

process.on('message', (message: ToChild) => {
  if (message.kind === 'invoke') void invoke(message);
  else void close();
});
process.on('disconnect', () => process.exit());
// The host stops it; a Ctrl-C in a terminal reaches both.
process.on('SIGINT', () => undefined);

await open(process.argv[2] ?? '');
