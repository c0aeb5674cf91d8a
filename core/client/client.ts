import type { ErrorValue } from '../error.ts';
import type { Json } from '../json.ts';
import { onAbort } from '../on-abort.ts';
import type { ListRuns, RunStatus, Started, StartOptions, StepRecord } from '../workflow/runs.ts';
import type { Workflow } from '../workflow/workflow.ts';
import { type BucketOverHttp, bucketOverHttp } from './bucket.ts';
import { type ClientOptions, makeTransport } from './transport.ts';

declare const output: unique symbol;

/** Types of workflows by name, as in `{ 'word-count': typeof wordCount }`; the code of none of them is needed. */
export type Workflows = Readonly<Record<string, Workflow>>;
type AnyWorkflows = Readonly<Record<string, Workflow<Json, Json>>>;
export type InputOf<W> = W extends Workflow<infer I, infer _> ? I : never;
export type OutputOf<W> = W extends Workflow<infer _, infer O> ? O : never;

/** A run that was started, which knows the type of its output. */
export interface Run<O = Json> extends Started {
  readonly [output]?: O;
}

/** A run by its id; or as `start` gave it, whose signed URL lets its status be read without a key. */
type RunOf<O> = string | Run<O>;

/** The status of a run, whose output has the type that its workflow gives. */
export type Status<O = Json> = Omit<RunStatus, 'output'> & { readonly output?: O };

type Ended = Omit<RunStatus, 'status' | 'output' | 'error'>;
/** The status of a run that is over. */
export type Over<O = Json> =
  | (Ended & { readonly status: 'succeeded'; readonly output: O })
  | (Ended & { readonly status: 'failed' | 'cancelled'; readonly error: ErrorValue });

export type ListFilter = Omit<ListRuns, 'cursor'>;

export interface WaitOptions {
  /** Ends the waiting, and not the run. */
  readonly signal?: AbortSignal;
  /** Told when there is progress. */
  readonly onProgress?: (progress: RunStatus['progress']) => void;
}

/**
 * The runs and buckets of a room, over HTTP.
 *
 * What the room refuses rejects with the room's own `Failure`, recognised by its name; `data.status` is the HTTP status and
 * `data.field` the field. `Unavailable`: nobody answered, or said to come again later.
 */
export interface Client<W extends Workflows = AnyWorkflows> {
  /** Starts a run of a workflow, by its name or as itself. @throws `InvalidInput`; `Conflict`; `NotFound` */
  start<N extends keyof W & string>(
    workflow: N,
    input: InputOf<W[N]>,
    options?: StartOptions,
  ): Promise<Run<OutputOf<W[N]>>>;
  start<I, O>(workflow: Workflow<I, O>, input: I, options?: StartOptions): Promise<Run<O>>;
  /** @throws `NotFound` */
  status<O = Json>(run: RunOf<O>): Promise<Status<O>>;
  /**
   * Asks until the run is over, less and less often; a room that does not answer for a while is waited for.
   *
   * It resolves whether the run succeeded or not: look at `status`.
   */
  wait<O = Json>(run: RunOf<O>, options?: WaitOptions): Promise<Over<O>>;
  /** All step calls, in the order in which they were first started, a page at a time. */
  steps(run: RunOf<unknown>): AsyncGenerator<StepRecord, void, undefined>;
  /** All runs, newest first, without input and output, a page at a time. */
  list(filter?: ListFilter): AsyncGenerator<RunStatus, void, undefined>;
  /** Sending twice with one key sends once. @throws `InvalidInput`; `Conflict` where the run is over */
  event(run: RunOf<unknown>, name: string, data?: Json, options?: { readonly key?: string }): Promise<void>;
  /** @throws `Conflict` where the run is over */
  cancel(run: RunOf<unknown>): Promise<void>;
  bucket(name: string): BucketOverHttp;
}

/** Milliseconds between two questions: the first, how the next ones grow, and the most. */
const PAUSE = { first: 100, rate: 1.5, most: 2_000 };
/** Questions in a row that may stay without an answer: about 15 s of them. */
const PATIENCE = 12;

/**
 * A client of a room, in a browser or anywhere else that has `fetch`.
 *
 * @param baseUrl such as `https://example.org`; `''` is the host that the page came from.
 * @throws TypeError where the URL or an option is wrong.
 */
export function client<W extends Workflows = AnyWorkflows>(
  baseUrl: string | URL,
  options: ClientOptions = {},
): Client<W> {
  const { send, ask, items } = makeTransport(baseUrl, options);

  const status = (run: RunOf<unknown>, signal?: AbortSignal): Promise<RunStatus> => {
    const { statusUrl = '' } = typeof run === 'string' ? {} : run;
    const signed = statusUrl.includes('?') ? statusUrl.slice(statusUrl.indexOf('?')) : '';
    return ask(runPath(run) + signed, signal === undefined ? {} : { signal });
  };

  const wait = async (run: RunOf<unknown>, { signal, onProgress }: WaitOptions = {}): Promise<RunStatus> => {
    let told = '';
    let missed = 0;
    for (let pause = PAUSE.first; ; pause = Math.min(PAUSE.most, pause * PAUSE.rate)) {
      signal?.throwIfAborted();
      try {
        const now = await status(run, signal);
        missed = 0;
        const { done, total } = now.progress;
        if (told !== `${done}/${total}`) onProgress?.(now.progress);
        told = `${done}/${total}`;
        if (now.status !== 'running') return now;
      } catch (error) {
        if (!isUnavailable(error) || ++missed > PATIENCE) throw error;
      }
      await elapsed(pause, signal);
    }
  };

  const room: Client = {
    start: (workflow: string | { readonly name: string }, input: unknown, { id }: StartOptions = {}) =>
      ask<Started>(
        `/workflows/${encodeURIComponent(typeof workflow === 'string' ? workflow : workflow.name)}/runs`,
        posted(input, id),
      ),
    status: (run) => status(run) as Promise<Status<never>>,
    wait: (run, waiting) => wait(run, waiting) as Promise<Over<never>>,
    steps: (run) => items(`${runPath(run)}/steps`),
    list: ({ status, workflow } = {}) => items('/runs', { status, workflow }),
    async event(run, name, data = {}, { key } = {}) {
      await send(`${runPath(run)}/events/${encodeURIComponent(name)}`, posted(data, key));
    },
    async cancel(run) {
      await send(`${runPath(run)}/cancel`, { method: 'POST' });
    },
    bucket: (name) => bucketOverHttp(name, { send, ask, items }),
  };
  return Object.freeze(room) as Client<W>;
}

function runPath(run: RunOf<unknown>): string {
  return `/runs/${encodeURIComponent(typeof run === 'string' ? run : run.id)}`;
}

function posted(value: unknown, key: string | undefined): RequestInit {
  const headers = { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) };
  return { method: 'POST', body: JSON.stringify(value ?? null), headers };
}

function isUnavailable(error: unknown): boolean {
  return error instanceof Error && error.name === 'Unavailable';
}

async function elapsed(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  const off = signal && onAbort(signal, () => reject(signal.reason));
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    off?.();
  }
}
