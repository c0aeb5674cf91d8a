import { writeSync } from 'node:fs';
import { SetupError } from '../../core/setup-error.ts';

export const TARGETS = ['journal', 'bucket', 'queue', 'table'] as const;
export type Target = (typeof TARGETS)[number];

/**
 * What a fault does to the operation that it meets; the target performs it:
 *
 * - `kill`: SIGKILL to this process, before the operation takes effect.
 * - `EIO`, `ENOSPC`: the operation fails once, with the error that the file system would raise; nothing has changed.
 * - `duplicate`: the operation is applied twice; the caller sees the first answer.
 * - `torn`: half of the operation's bytes are written, then SIGKILL.
 */
export const ACTIONS = ['kill', 'EIO', 'ENOSPC', 'duplicate', 'torn'] as const;
export type Action = (typeof ACTIONS)[number];

/** What goes wrong, and how far its operations are counted. A thread can be sent it, and counts along. */
export interface FaultPlan {
  readonly target: Target;
  /** The number of the operation that meets the action, or all of them do, or none: they are counted. */
  readonly at: number | 'every' | 'count';
  readonly action?: Action;
  /** One number, in memory that all threads share: operations of the target so far. */
  readonly seen: Uint32Array<SharedArrayBuffer>;
}

/** Counts operations and says which of them must go wrong. */
export interface Faults {
  /** Called once at the start of each operation of `target`; the action for this one, if any. */
  next(target: Target): Action | undefined;
  /** For `faultsOf` in the threads of this process. */
  readonly plan?: FaultPlan | undefined;
}

export const noFaults: Faults = { next: () => undefined };

const FORMS = `accepted: <target>:<k>:<action> (acts at the k-th operation, k >= 1), <target>:every:<action> (acts at each) or \
<target>:count (prints the total at exit), \
where <target> is ${TARGETS.join(', ')} and <action> is ${ACTIONS.join(', ')}`;

/**
 * Reads the fault that the environment asks for, for a process and all its threads.
 *
 * `SKEIN_FAULT=<target>:count` writes one line to standard output when the process exits: `journal operations: 12`.
 *
 * @param env `SKEIN_FAULT` is obeyed where `SKEIN_TEST` is `1`, and otherwise not even parsed.
 * @throws SetupError where the value has none of the accepted forms.
 */
export function faultsFrom(env: Readonly<Record<string, string | undefined>>): Faults {
  const value = env.SKEIN_FAULT;
  if (env.SKEIN_TEST !== '1' || value === undefined || value === '') return noFaults;
  const plan = planOf(value);
  // Synchronous: what a stream still holds when the process exits may be lost.
  if (plan.at === 'count')
    process.once('exit', () => writeSync(1, `${plan.target} operations: ${Atomics.load(plan.seen, 0)}\n`));
  return faultsOf(plan);
}

/** @param plan of this process's `faultsFrom`. */
export function faultsOf(plan: FaultPlan | undefined): Faults {
  if (plan === undefined) return noFaults;
  const { target, at, action, seen } = plan;
  return {
    plan,
    next(met) {
      if (met !== target) return undefined;
      const number = Atomics.add(seen, 0, 1) + 1;
      return at === 'every' || at === number ? action : undefined;
    },
  };
}

function planOf(value: string): FaultPlan {
  const [target, when, action, ...rest] = value.split(':');
  if (rest.length > 0 || !isOneOf(TARGETS, target)) throw malformed(value);
  const seen = new Uint32Array(new SharedArrayBuffer(Uint32Array.BYTES_PER_ELEMENT));
  if (when === 'count' && action === undefined) return { target, at: when, seen };
  if (!isOneOf(ACTIONS, action)) throw malformed(value);
  if (when === 'every') return { target, at: when, action, seen };
  const at = Number(when);
  if (!/^[1-9]\d*$/.test(when ?? '') || !Number.isSafeInteger(at)) throw malformed(value);
  return { target, at, action, seen };
}

/** Ends this process at once, as a power cut would: no handler runs, nothing is flushed. */
export function die(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}

/** The error that the file system would raise. */
export function ioError(code: 'EIO' | 'ENOSPC'): NodeJS.ErrnoException {
  const text = code === 'EIO' ? 'i/o error' : 'no space left on device';
  return Object.assign(new Error(`${code}: ${text}, write`), { code, syscall: 'write' });
}

function isOneOf<T extends string>(values: readonly T[], value: string | undefined): value is T {
  return (values as readonly (string | undefined)[]).includes(value);
}

function malformed(value: string): SetupError {
  return new SetupError(`SKEIN_FAULT=${JSON.stringify(value)} is malformed; ${FORMS}`);
}
