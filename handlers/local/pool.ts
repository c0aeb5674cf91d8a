import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type ErrorValue, Failure } from '../../core/error.ts';
import type { Json } from '../../core/json.ts';
import type { Log } from '../../core/log.ts';
import { onAbort } from '../../core/on-abort.ts';
import type { Call } from '../../core/workflow/invoke.ts';
import type { FaultPlan } from './fault.ts';

/** Which code to run: a thread cannot be passed a function, so it imports the app and finds the step by name. */
export interface Target {
  readonly module: string;
  readonly workflow: string;
  readonly step: string;
}
export interface WorkerSetup {
  /** The data folder. */
  readonly folder: string;
  /** Signs URLs of objects. */
  readonly adminKey: string;
  /** The secrets that the environment has. */
  readonly env: Readonly<Record<string, string>>;
  /** The URL of the module that makes its telemetry. @default none */
  readonly telemetry?: string | undefined;
  /** What its clients are to do wrong. @default nothing */
  readonly fault?: FaultPlan | undefined;
}
export type ToWorker =
  | { readonly job: number; readonly target: Target; readonly call: Call }
  | { readonly abort: number };
export type FromWorker =
  | { readonly job: number; readonly output: Json }
  | { readonly job: number; readonly error: ErrorValue; readonly final: boolean }
  | { readonly log: string; readonly fields: Readonly<Record<string, Json>> };

interface Job {
  readonly id: number;
  readonly target: Target;
  readonly call: Call;
  readonly signal: AbortSignal;
  readonly resolve: (output: Json) => void;
  readonly reject: (error: Failure) => void;
}

/** Milliseconds that code in a thread has to obey its signal before the thread is ended. */
const OBEY = 1_000;

/** Threads for steps that compute long, as many as there are cores; each is started when it is first needed. */
export function makePool(setup: WorkerSetup, log: Log, size: number = availableParallelism()) {
  const idle: Worker[] = [];
  const busy = new Map<Worker, { readonly job: Job; readonly off: () => void }>();
  const queue: Job[] = [];
  let jobs = 0;
  let closed = false;

  const spawn = (): Worker => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: setup });
    worker.unref();
    worker.on('message', (message: FromWorker) => {
      if ('log' in message) log(message.log, message.fields);
      else if ('output' in message) finish(worker, (job) => job.resolve(message.output));
      else finish(worker, (job) => job.reject(new Failure(message.error, message.final)));
    });
    worker.on('error', (error) => lose(worker, error.message));
    worker.on('exit', (code) => lose(worker, `exit code ${code}`));
    return worker;
  };

  /** Takes a thread off its job. */
  const release = (worker: Worker): Job | undefined => {
    const held = busy.get(worker);
    busy.delete(worker);
    held?.off();
    return held?.job;
  };

  const finish = (worker: Worker, settle: (job: Job) => void): void => {
    const job = release(worker);
    if (job === undefined) return;
    worker.unref();
    idle.push(worker);
    settle(job);
    pump();
  };

  const lose = (worker: Worker, why: string): void => {
    const job = release(worker);
    if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1);
    job?.reject(new Failure({ name: 'WorkerCrashed', message: `the thread of ${job.call.key} ended: ${why}` }));
    if (!closed) pump();
  };

  const pump = (): void => {
    while (queue.length > 0 && busy.size < size) {
      const job = queue.shift() as Job;
      if (job.signal.aborted) {
        job.reject(aborted(job));
        continue;
      }
      const worker = idle.pop() ?? spawn();
      busy.set(worker, { job, off: onAbort(job.signal, () => abort(worker, job)) });
      // A thread at work keeps the process alive, an idle one does not.
      worker.ref();
      worker.postMessage({ job: job.id, target: job.target, call: job.call } satisfies ToWorker);
    }
  };

  const abort = (worker: Worker, job: Job): void => {
    if (busy.get(worker)?.job !== job) return;
    worker.postMessage({ abort: job.id } satisfies ToWorker);
    // A loop that never looks up cannot read the message.
    setTimeout(() => {
      if (busy.get(worker)?.job === job) worker.terminate().catch(() => undefined);
    }, OBEY).unref();
  };

  return {
    /** Runs one attempt in a thread. @throws Failure; `WorkerCrashed` where the thread ended. */
    run(target: Target, call: Call, signal: AbortSignal): Promise<Json> {
      const { promise, resolve, reject } = Promise.withResolvers<Json>();
      queue.push({ id: ++jobs, target, call, signal, resolve, reject });
      pump();
      return promise;
    },
    async close(): Promise<void> {
      closed = true;
      await Promise.all([...idle, ...busy.keys()].map((worker) => worker.terminate()));
    },
  };
}

function aborted(job: Job): Failure {
  return new Failure({ name: 'Aborted', message: `${job.call.key} was aborted before it started` });
}
