import type { FunctionMetadata, Invocation, InvocationResult } from './rpc.ts';

/** What the host says to the process that runs the app. */
export type ToChild =
  | { readonly kind: 'invoke'; readonly call: number; readonly invocation: Invocation & { readonly id: string } }
  | { readonly kind: 'close' };

export interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical';

/** A line of the app's or of the library's. */
export interface WorkerLog {
  readonly level: LogLevel;
  readonly category: string;
  readonly message: string;
  readonly function?: string;
  readonly invocation?: string;
}

/** What that process answers. */
export type FromChild =
  | {
      readonly kind: 'ready';
      readonly functions: readonly FunctionMetadata[];
      /** Where the library takes requests of functions that stream; none unless the app asked for it. */
      readonly streamPort?: number;
    }
  | { readonly kind: 'failed'; readonly error: Thrown }
  | { readonly kind: 'result'; readonly call: number; readonly result: InvocationResult }
  | { readonly kind: 'error'; readonly call: number; readonly error: Thrown }
  | ({ readonly kind: 'log' } & WorkerLog);
