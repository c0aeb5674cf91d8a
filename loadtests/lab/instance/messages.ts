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
}

/** How the lab makes an instance: `LAB_INSTANCE` holds it as JSON. */
export interface InstanceSettings extends SlotRules {
  readonly name: string;
}

/** From an instance to the lab. */
export type Report =
  | {
      readonly kind: 'begin';
      readonly id: string;
      readonly at: number;
      readonly waitMs: number;
      readonly slotMs: number;
    }
  | { readonly kind: 'end'; readonly id: string; readonly at: number; readonly lateMs: number }
  | { readonly kind: 'load'; readonly at: number; readonly busyMs: number; readonly cpuMs: number };

/** From the lab to an instance. */
export interface Order {
  readonly fault: Fault;
}
