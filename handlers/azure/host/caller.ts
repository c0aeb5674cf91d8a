import { randomUUID } from 'node:crypto';
import { Failure } from '../../../core/error.ts';
import type { Log } from '../../../core/log.ts';
import type { Bindings } from './bindings.ts';
import type { BindingData } from './expression.ts';
import type { HostFunction } from './functions.ts';
import type { Invocation, InvocationResult, RpcTypedData } from './rpc.ts';
import { type Worker, WorkerError } from './worker.ts';

export interface CallOptions {
  /** What the trigger brings. */
  readonly data: RpcTypedData;
  readonly triggerMetadata?: Readonly<Record<string, RpcTypedData>>;
  /** What expressions of the other bindings may name. @default {} */
  readonly names?: BindingData;
  /** Why it is called, for the log. */
  readonly reason: string;
  readonly id?: string;
  readonly retryContext?: NonNullable<Invocation['retryContext']>;
}

/** Calls a function with its inputs read, and writes its outputs. Rejects as the worker does, or with what a binding threw. */
export type Call = (called: HostFunction, options: CallOptions) => Promise<InvocationResult>;

export function makeCaller(worker: Worker, bindings: Bindings, log: Log): Call {
  return async (called, { data, triggerMetadata = {}, names = {}, reason, id = randomUUID(), retryContext }) => {
    if (called.unsupported !== undefined) throw unsupported(called);
    const fields = { function: called.name, invocation: id, reason };
    const started = performance.now();
    const took = (): number => Math.round(performance.now() - started);
    try {
      const inputs = [{ name: called.trigger.key, data }, ...(await bindings.inputs(called, names))];
      const result = await worker.invoke({
        function: called.name,
        id,
        inputs,
        triggerMetadata,
        ...(retryContext && { retryContext }),
      });
      await bindings.outputs(called, result, names);
      if (!QUIET.has(called.kind)) log('function succeeded', { ...fields, level: 'information', ms: took() });
      return result;
    } catch (error) {
      if (called.kind !== 'orchestration')
        log('function failed', { ...fields, level: 'error', ms: took(), ...wordsOf(error) });
      throw error;
    }
  };
}

/** The engine calls these, and an orchestration again and again; it has its own log. */
const QUIET: ReadonlySet<string> = new Set(['orchestration', 'activity']);

export function unsupported({ name, unsupported: what }: HostFunction): Failure {
  return new Failure({
    name: 'Unsupported',
    message: `function ${JSON.stringify(name)} is not called: this host does not carry out ${what ?? ''}`,
  });
}

function wordsOf(error: unknown): { readonly error: string; readonly stack?: string } {
  if (error instanceof WorkerError) return { error: `${error.thrown}: ${error.message}`, stack: error.stack ?? '' };
  const { name, message } = error as Error;
  return { error: `${name}: ${message}` };
}
