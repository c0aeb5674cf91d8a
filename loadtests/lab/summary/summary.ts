import type { Setting } from '../record.ts';

/** All that the figure, the report and the table show; `summarise` makes it of raw records, and nothing else does. */
export interface Summary {
  readonly setting: Setting;
  readonly cases: readonly CaseSummary[];
  /** What a search found, for each target. */
  readonly searches?: readonly SearchSummary[];
}

export interface CaseSummary {
  readonly name: string;
  readonly about: string;
  readonly modelled: boolean;
  readonly requests: number;
  /** Answered, and right. */
  readonly ok: number;
  /** Answered, and wrong. */
  readonly wrong: number;
  /** How many failed, by why. */
  readonly failures: Readonly<Record<string, number>>;
  /** Right answers a second, over the run. */
  readonly okPerSecond: number;
  /** Milliseconds of right answers. */
  readonly latency: { readonly p50: number | null; readonly p95: number | null; readonly p99: number | null };
  /** Milliseconds of the first request that got a right answer, or null where none did. */
  readonly firstMs: number | null;
  /** One value a second. */
  readonly series: {
    readonly ok: readonly number[];
    readonly failed: readonly number[];
    /** Milliseconds, of right answers in 3 seconds around. */
    readonly p50: readonly (number | null)[];
    readonly p95: readonly (number | null)[];
    readonly instances: readonly number[];
  };
  readonly events: readonly ShownEvent[];
  /** Instances that began to boot because requests came. */
  readonly coldStarts: { readonly count: number; readonly p50Ms: number | null; readonly maxMs: number | null };
  /** In the order in which they came. */
  readonly faults: readonly FaultSummary[];
  /** How many attempts at steps of workflows a fault let fail, by the step; absent where none did. */
  readonly failedSteps?: Readonly<Record<string, number>>;
  readonly work: {
    /** Requests that an instance began to work on. */
    readonly begun: number;
    /** Of those, the ones that nobody got a right answer to. */
    readonly lost: number;
    /** Requests that more than one began to work on, or one twice. */
    readonly doubled: number;
  } | null;
  /** US dollars for a million right answers. */
  readonly cost: number | null;
  readonly generator: {
    readonly planned: number;
    readonly arrivals: number;
    readonly skipped: number;
    readonly plannedSeconds: number;
    readonly arrivalSeconds: number;
    readonly cpu: number | null;
    /** Why what was measured may be the generator's own queue; empty where nothing speaks for it. */
    readonly saturated: readonly string[];
  };
  /** The share of answers that left over 20 ms after their slot, since the machine had no core for them. */
  readonly late: number | null;
}

export interface SearchSummary {
  readonly target: string;
  /** The highest load that met the goal, in users a second; null where none did. */
  readonly highest: number | null;
  readonly steps: readonly {
    readonly perSecond: number;
    readonly p95Ms: number | null;
    readonly errorRate: number;
    readonly okPerSecond: number;
    readonly meets: boolean;
  }[];
}

export interface FaultSummary {
  /** Seconds from the first request. */
  readonly at: number;
  readonly what: string;
  /** Seconds until the balancer knew, or null where it never did. */
  readonly detectSeconds: number | null;
  /** Seconds until the last failure that no full queue explains, or null where there was none. */
  readonly recoverSeconds: number | null;
  /** How many such failures there were. */
  readonly lost: number;
}

export interface ShownEvent {
  /** Seconds from the first request. */
  readonly at: number;
  readonly text: string;
  readonly kind: 'fault' | 'over' | 'health' | 'scale';
  /** When the fault began that is over; absent where that is the last before it. */
  readonly since?: number;
}
