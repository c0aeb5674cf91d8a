import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Failure } from '../../../core/error.ts';
import type { FunctionMetadata, Invocation, InvocationResult } from './rpc.ts';
import type { FromChild, Thrown, ToChild, WorkerLog } from './wire.ts';

/** What a handler threw, with its stack there. */
export class WorkerError extends Error {
  override readonly name = 'WorkerError';
  /** The `name` of what was thrown. */
  readonly thrown: string;
  constructor({ name, message, stack }: Thrown) {
    super(message);
    this.thrown = name;
    this.stack = stack;
  }
}

/** A process that has loaded a Functions app and runs its functions. */
export interface Worker {
  readonly functions: readonly FunctionMetadata[];
  /**
   * Rejects with `WorkerError` when the handler threw, and with a `Failure` named `FunctionTimeout` or `WorkerExited` when the
   * process was ended or ended itself meanwhile; the next call starts another one.
   */
  invoke(call: Invocation): Promise<InvocationResult>;
  /**
   * The port of 127.0.0.1 where the process takes the requests of HTTP functions, if the app asked for streams; it changes when
   * the process is started anew.
   */
  streamPort(): Promise<number | undefined>;
  /** Runs the hooks of the end and stops the process; calls that are under way are rejected. */
  close(): Promise<void>;
}

export interface WorkerOptions {
  readonly folder: string;
  /** All that the process gets of an environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds that a call may take; the process is killed after that. */
  readonly timeout: number;
  readonly log: (line: WorkerLog) => void;
  /** The Node that runs the app. @default the one that runs the host */
  readonly node?: string;
  /** Its options, such as `--inspect`. @default none */
  readonly nodeOptions?: readonly string[];
}

interface Pending {
  readonly name: string;
  readonly resolve: (result: InvocationResult) => void;
  readonly reject: (error: Error) => void;
  readonly late: NodeJS.Timeout;
}

interface Process {
  readonly ready: Extract<FromChild, { kind: 'ready' }>;
  invoke(call: Invocation): Promise<InvocationResult>;
  close(): Promise<void>;
}

/** Milliseconds that the hooks of the end may take. */
const GRACE = 5_000;

/** Starts a process that runs the app of a folder. Rejects with a `Failure` named `AppFailed` when it would not load. */
export async function openWorker(options: WorkerOptions): Promise<Worker> {
  let closed = false;
  let current: Promise<Process> | undefined;
  const process = (): Promise<Process> => {
    if (closed) return Promise.reject(new Failure({ name: 'HostClosed', message: 'the host is closed' }));
    if (current === undefined) {
      const started = startProcess(options, () => {
        if (current === started) current = undefined;
      });
      current = started;
    }
    return current;
  };
  const { functions } = (await process()).ready;
  return {
    functions,
    invoke: async (call) => (await process()).invoke(call),
    streamPort: async () => (await process()).ready.streamPort,
    async close() {
      const last = current;
      closed = true;
      await (await last?.catch(() => undefined))?.close();
    },
  };
}

/** @param gone is called when the process is no more, or is not to be asked any more. */
function startProcess(options: WorkerOptions, gone: () => void): Promise<Process> {
  const { folder, env, timeout, log, node, nodeOptions = [] } = options;
  const child = fork(fileURLToPath(new URL('./child.ts', import.meta.url)), [folder], {
    cwd: folder,
    env: { ...env },
    execArgv: [...nodeOptions],
    ...(node !== undefined && { execPath: node }),
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const pending = new Map<number, Pending>();
  const opened = Promise.withResolvers<Process>();
  const ended = Promise.withResolvers<void>();
  let calls = 0;
  let why: string | undefined;

  const settle = (call: number, act: (one: Pending) => void): void => {
    const one = pending.get(call);
    if (one === undefined) return;
    pending.delete(call);
    clearTimeout(one.late);
    act(one);
  };
  const lose = (reason: string): void => {
    gone();
    for (const [call, { name }] of [...pending])
      settle(call, ({ reject }) =>
        reject(new Failure({ name: 'WorkerExited', message: `${reason} while ${JSON.stringify(name)} ran` })),
      );
    opened.reject(new Failure({ name: 'AppFailed', message: `${reason} before the app had started` }));
  };
  const kill = (reason: string): void => {
    why ??= reason;
    gone();
    child.kill('SIGKILL');
  };
  const tell = (message: ToChild): void => void child.send(message, () => undefined);

  const opening: Process = {
    ready: { kind: 'ready', functions: [] },
    invoke: (call) =>
      new Promise((resolve, reject) => {
        const id = calls++;
        const late = setTimeout(() => {
          const seconds = timeout / 1000;
          const message = `${JSON.stringify(call.function)} took longer than the functionTimeout of ${seconds} s`;
          settle(id, () => reject(new Failure({ name: 'FunctionTimeout', message })));
          kill(`the process was stopped because ${message}`);
        }, timeout);
        late.unref();
        pending.set(id, { name: call.function, resolve, reject, late });
        tell({ kind: 'invoke', call: id, invocation: { ...call, id: call.id ?? randomUUID() } });
      }),
    async close() {
      why ??= 'the host was closed';
      gone();
      if (child.connected) tell({ kind: 'close' });
      const late = setTimeout(() => child.kill('SIGKILL'), GRACE);
      await ended.promise;
      clearTimeout(late);
    },
  };

  child.on('message', (message: FromChild) => {
    if (message.kind === 'ready') opened.resolve({ ...opening, ready: message });
    else if (message.kind === 'failed') {
      const { message: text, stack } = message.error;
      log({ level: 'error', category: 'Worker', message: stack });
      opened.reject(new Failure({ name: 'AppFailed', message: text }));
      kill(text);
    } else if (message.kind === 'result') settle(message.call, ({ resolve }) => resolve(message.result));
    else if (message.kind === 'error') settle(message.call, ({ reject }) => reject(new WorkerError(message.error)));
    else {
      const { kind: _, ...line } = message;
      log(line);
    }
  });
  child.on('error', (error) => lose(`the process failed: ${error.message}`));
  child.on('exit', (code, signal) => {
    const reason = why ?? `the process ended by itself (${signal ?? `exit code ${code}`})`;
    if (why === undefined) log({ level: 'error', category: 'Worker', message: reason });
    lose(reason);
    ended.resolve();
  });
  forward(child.stdout, (message) => log({ level: 'information', category: 'Console', message }));
  forward(child.stderr, (message) => log({ level: 'error', category: 'Console', message }));
  return opened.promise;
}

function forward(stream: Readable | null, write: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream }).on('line', write);
}
