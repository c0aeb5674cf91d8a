import type { LocalTarget } from './targets.ts';

/** What can be broken, and how: the kinds are data, `fleet.ts` performs them. */
export type FaultAction =
  | { readonly kind: 'kill'; readonly restart?: boolean }
  | { readonly kind: 'pause' }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'errors'; readonly rate: number }
  | { readonly kind: 'reset'; readonly rate: number }
  | { readonly kind: 'partition' }
  | { readonly kind: 'throttle'; readonly perSecond: number }
  | { readonly kind: 'cold-start-storm' }
  | { readonly kind: 'dependency-down' };

export type PlannedFault = FaultAction & {
  /** When, as a share of the run from 0 to 1. */
  readonly at: number;
  /** How long, as a share of the run; a kill is for good, and so is what has no length. */
  readonly lasts?: number;
  /** Which of the instances that are there, counted from 0. @default the last */
  readonly instance?: number;
  /** @default every target of the experiment */
  readonly targets?: readonly string[];
};

type Field = 'ms' | 'rate' | 'perSecond';

/** The number that a kind needs, and its bounds. */
export const FAULT_FIELDS: Readonly<Record<FaultAction['kind'], readonly [Field, number, number] | undefined>> = {
  kill: undefined,
  pause: undefined,
  slow: ['ms', 1, 60_000],
  errors: ['rate', 0, 1],
  reset: ['rate', 0, 1],
  partition: undefined,
  throttle: ['perSecond', 1, 100_000],
  'cold-start-storm': undefined,
  'dependency-down': undefined,
};

/** Why a target cannot have a fault, or undefined where it can. */
export function refusal(kind: FaultAction['kind'], { balancer, fleet }: LocalTarget): string | undefined {
  if ((kind === 'partition' || kind === 'throttle') && balancer === undefined) return 'needs a balancer';
  if (kind === 'cold-start-storm' && fleet.kind !== 'on-demand' && fleet.kind !== 'room') return 'needs functions';
  if (kind === 'dependency-down' && fleet.kind === 'room') return 'needs a data folder';
  return undefined;
}

/** A fault in a few words, as the figure shows it. */
export function faultText(fault: FaultAction): string {
  switch (fault.kind) {
    case 'kill':
      return fault.restart ? 'killed, restarts' : 'killed';
    case 'pause':
      return 'paused';
    case 'slow':
      return `${fault.ms} ms slower`;
    case 'errors':
      return `${Math.round(fault.rate * 100)} % errors`;
    case 'reset':
      return `${Math.round(fault.rate * 100)} % resets`;
    case 'partition':
      return 'cut off';
    case 'throttle':
      return `throttled to ${fault.perSecond}/s`;
    case 'cold-start-storm':
      return 'all reclaimed';
    case 'dependency-down':
      return 'files gone';
  }
}
