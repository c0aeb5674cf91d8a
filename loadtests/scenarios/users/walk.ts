import { after, type Chain, exponential } from './random.ts';
import type { Check, Context, Events, Next } from './recorder.ts';

/** One request of a user, and what a right answer to it is. */
export interface Step {
  /** A path, or a URL that the service gave. */
  readonly path: string;
  /** @default 'GET' */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly check: Check;
}

/** What a user remembers between its requests. */
export type Memory = Record<string, unknown>;

export interface User<State extends string> {
  readonly chain: Chain<State>;
  /** What everybody begins with. */
  readonly first: State;
  readonly steps: Readonly<Record<State, (memory: Memory) => Step>>;
  /** Where the last answer says what comes next, whatever the chain says: `false` is to leave. */
  readonly next?: (memory: Memory, state: State) => State | false | undefined;
  /** Before the first request of a user. */
  readonly prepare?: (memory: Memory) => Promise<void>;
}

/**
 * A user as Artillery's hooks: it walks through a Markov chain, and thinks between two requests for an exponential time of mean
 * `thinkSeconds`. With the variable `once` it sends its first request and leaves.
 */
export function walk<State extends string>({ chain, first, steps, next: forced, prepare }: User<State>) {
  const enter = (context: Context, state: State): void => {
    const memory = context.vars.memory as Memory;
    const step = steps[state](memory);
    context.vars.state = state;
    context.vars.path = step.path;
    context.vars.step = step;
    context.vars.check = step.check;
  };
  return {
    async arrive(context: Context): Promise<void> {
      context.vars.memory = {};
      await prepare?.(context.vars.memory as Memory);
      enter(context, first);
    },
    /** Thinks, and decides what to do next. */
    decide(context: Context, _events: Events, next: Next): void {
      const state = context.vars.state as State;
      const wanted = forced?.(context.vars.memory as Memory, state);
      const then = context.vars.once === true || wanted === false ? undefined : (wanted ?? after(chain, state));
      context.vars.stays = then !== undefined;
      if (then === undefined) {
        next();
        return;
      }
      enter(context, then);
      setTimeout(next, exponential(Number(context.vars.thinkSeconds ?? 1)) * 1000);
    },
    stays(context: Context, next: (more: boolean) => void): void {
      next(context.vars.stays === true);
    },
  };
}

/** The fields of a JSON answer of the wanted status, or what is wrong with it. */
export function parsed<T>(wanted: number, status: number, body: string): T | string {
  if (status !== wanted) return `status ${status} instead of ${wanted}`;
  try {
    return JSON.parse(body) as T;
  } catch {
    return 'the answer is not JSON';
  }
}
