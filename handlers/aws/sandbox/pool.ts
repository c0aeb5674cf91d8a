import { availableParallelism } from 'node:os';
import type { Json } from '../../../core/json.ts';
import { LambdaError } from './lambda-error.ts';
import { type FunctionSpec, openSandbox, type Sandbox } from './sandbox.ts';

/** A function and its sandboxes. */
export interface Pool {
  readonly spec: FunctionSpec;
  /** Milliseconds, one for each sandbox that was started. */
  readonly coldStarts: readonly number[];
  /** Processes that are there. */
  readonly pids: readonly number[];
  /** @param took told of the milliseconds that the function itself took. @throws LambdaError (rejects) */
  invoke(event: Json, took?: (milliseconds: number) => void): Promise<Json>;
  close(): Promise<void>;
}

/** Milliseconds after which a sandbox is ended that nobody called. */
const IDLE = 300_000;
/** Sandboxes of one function that start at once: more would only make each other wait. */
const STARTING = 2 * availableParallelism();

/**
 * Sandboxes of one function: a call gets one that is idle, or a new one, or, where there are `most`, waits for its turn. (Lambda
 * refuses what is over its cap, and who calls tries again.)
 *
 * @param say told of each line that a process writes.
 */
export function openPool(spec: FunctionSpec, most: number, say: (line: string) => void): Pool {
  const all = new Set<Sandbox>();
  const idle: { readonly sandbox: Sandbox; readonly timer: NodeJS.Timeout }[] = [];
  const waiting: (() => void)[] = [];
  const coldStarts: number[] = [];
  let open = 0;
  let starting = 0;
  let closed = false;

  const taken = async (): Promise<Sandbox> => {
    for (;;) {
      if (closed) throw new LambdaError('ResourceConflictException', `${spec.name} is no more`);
      const found = idle.pop();
      if (found !== undefined) {
        clearTimeout(found.timer);
        if (found.sandbox.alive) return found.sandbox;
        drop(found.sandbox);
      } else if (open < most && starting < STARTING) break;
      else await new Promise<void>((turn) => waiting.push(turn));
    }
    open++;
    starting++;
    try {
      const sandbox = await openSandbox(spec, say);
      coldStarts.push(sandbox.coldStart);
      all.add(sandbox);
      if (closed) await sandbox.kill();
      return sandbox;
    } catch (error) {
      open--;
      throw error;
    } finally {
      starting--;
      waiting.shift()?.();
    }
  };
  const drop = (sandbox: Sandbox): void => {
    if (all.delete(sandbox)) open--;
  };
  const put = (sandbox: Sandbox): void => {
    if (sandbox.alive && !closed) {
      const entry = { sandbox, timer: setTimeout(() => retire(sandbox), IDLE).unref() };
      idle.push(entry);
    } else drop(sandbox);
    waiting.shift()?.();
  };
  const retire = (sandbox: Sandbox): void => {
    const at = idle.findIndex((one) => one.sandbox === sandbox);
    if (at < 0) return;
    idle.splice(at, 1);
    drop(sandbox);
    void sandbox.kill();
  };

  return {
    spec,
    coldStarts,
    get pids() {
      return [...all].map(({ pid }) => pid);
    },
    async invoke(event, took) {
      const sandbox = await taken();
      const started = performance.now();
      try {
        return await sandbox.invoke(event);
      } finally {
        took?.(performance.now() - started);
        put(sandbox);
      }
    },
    async close() {
      closed = true;
      for (const turn of waiting.splice(0)) turn();
      for (const { timer } of idle) clearTimeout(timer);
      await Promise.all([...all].map((sandbox) => sandbox.kill()));
    },
  };
}
