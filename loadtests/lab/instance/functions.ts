import childProcess, { type ChildProcess } from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import type { Report, Worker } from './messages.ts';

/** A process of functions, which serves what the process that started it is asked for. */
export interface FunctionProcess extends Worker {
  /** The port of its own Runtime API, where it is one of Lambda's. */
  readonly port: number | undefined;
  /** It has come up: only the first call counts. */
  ready(): void;
}

export interface FunctionProcesses {
  /** The one whose Runtime API is there. */
  at(port: number | undefined): FunctionProcess | undefined;
  /** The youngest that is there. */
  latest(): FunctionProcess | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Watches the processes that this one starts, and knows those of functions by the environment that their platforms give them. All
 * are reported, so that none outlives the lab.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 * https://learn.microsoft.com/azure/azure-functions/functions-app-settings#functions_worker_runtime
 */
export function watchFunctions(report: (what: Report) => void): FunctionProcesses {
  const there = new Set<FunctionProcess>();
  let count = 0;
  const watch = (child: ChildProcess, env: Env): void => {
    const { pid } = child;
    if (pid === undefined) return;
    report({ kind: 'child', pid, gone: false });
    child.once('exit', () => report({ kind: 'child', pid, gone: true }));
    const { AWS_LAMBDA_RUNTIME_API: api, FUNCTIONS_WORKER_RUNTIME: runtime } = env;
    if (api === undefined && runtime === undefined) return;
    const who: Worker = { instance: `fn-${++count}`, pid };
    const tell = (what: 'starting' | 'ready' | 'gone', more = {}): void =>
      report({ kind: 'function', at: Date.now(), what, ...who, ...more });
    const started = performance.now();
    let up = false;
    const process: FunctionProcess = {
      ...who,
      port: api === undefined ? undefined : Number(api.split(':').at(-1)),
      ready() {
        if (!up) tell('ready', { bootMs: Math.round(performance.now() - started) });
        up = true;
      },
    };
    there.add(process);
    tell('starting');
    // The worker of Azure's library says so; one of Lambda's asks for its first event.
    child.on('message', (message: { readonly kind?: string }) => message?.kind === 'ready' && process.ready());
    child.once('exit', () => {
      there.delete(process);
      tell('gone');
    });
  };
  const calls = childProcess as unknown as Record<'spawn' | 'fork', (...args: unknown[]) => ChildProcess>;
  for (const name of ['spawn', 'fork'] as const) {
    const original = calls[name];
    calls[name] = (...args) => {
      const child = original(...args);
      const last = args.at(-1) as { readonly env?: Env } | undefined;
      watch(child, last?.env ?? {});
      return child;
    };
  }
  syncBuiltinESMExports();
  return {
    at: (port) => [...there].find((one) => one.port !== undefined && one.port === port),
    latest: () => [...there].at(-1),
  };
}
