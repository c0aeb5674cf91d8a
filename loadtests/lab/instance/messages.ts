import type { SlotRules } from './slots.ts';

/** What a faulty instance does to the requests that it gets; what is not said is as it should be. */
export interface Fault {
  /** Each request takes so many milliseconds longer. */
  readonly slowMs?: number;
  /** The share of requests that is answered with 500. */
  readonly errorRate?: number;
  /** The share of requests whose connection is reset. */
  readonly resetRate?: number;
  /** Whether files in the data folder can be neither read nor written. */
  readonly dependencyDown?: boolean;
  /** The share of its attempts that fails, for each step by its name. */
  readonly stepsFail?: Readonly<Record<string, number>>;
}

/** All that is wrong with an instance at a time. */
export const together = (faults: Iterable<Fault>): Fault => {
  const all = [...faults];
  return Object.assign({}, ...all, { stepsFail: Object.assign({}, ...all.map(({ stepsFail }) => stepsFail)) });
};

/** How the lab makes an instance: `LAB_INSTANCE` holds it as JSON. */
export interface InstanceSettings extends SlotRules {
  readonly name: string;
  /** Whether requests get their slots in processes of functions that this one starts, one request each, and not in this one. */
  readonly slotsInFunctions?: boolean;
  /** The steps of workflows that may be told to fail. @default none */
  readonly failing?: readonly string[];
}

/** Who did it. */
export interface Worker {
  readonly instance: string;
  readonly pid: number;
}

/** From an instance to the lab. */
export type Report =
  /** The first request of a user is there. */
  | { readonly kind: 'first' }
  | ({
      readonly kind: 'begin';
      readonly id: string;
      readonly at: number;
      readonly waitMs: number;
      readonly slotMs: number;
    } & Worker)
  | ({ readonly kind: 'end'; readonly id: string; readonly at: number; readonly lateMs: number } & Worker)
  /** No app has declared such a step. */
  | { readonly kind: 'no-step'; readonly step: string; readonly declared: readonly string[] }
  /** So many attempts at a step failed since it was told last, since a fault wants that. */
  | { readonly kind: 'step-failed'; readonly step: string; readonly times: number }
  | { readonly kind: 'load'; readonly at: number; readonly busyMs: number; readonly cpuMs: number }
  /** A process that it started; it is not to outlive the lab. */
  | { readonly kind: 'child'; readonly pid: number; readonly gone: boolean }
  /** A process of functions that it started. */
  | ({
      readonly kind: 'function';
      readonly at: number;
      readonly what: 'starting' | 'ready' | 'gone';
      /** From its start until it was ready. */
      readonly bootMs?: number;
    } & Worker);

/** From the lab to an instance. */
export interface Order {
  readonly fault: Fault;
}
