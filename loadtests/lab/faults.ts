import type { FleetPlan, LocalTarget } from './targets.ts';

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
  | { readonly kind: 'dependency-down' }
  /** A share of the attempts at a step of a workflow, by its name, fails when its work is done. */
  | { readonly kind: 'step-fails'; readonly step: string; readonly rate: number };

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
  'step-fails': ['rate', 0, 1],
};

/** The steps that any of the faults lets fail. */
export const failingStepsOf = (faults: readonly FaultAction[]): readonly string[] => [
  ...new Set(faults.flatMap((fault) => (fault.kind === 'step-fails' ? [fault.step] : []))),
];

/** Why a target cannot have a fault, or undefined where it can. */
export function refusal(
  { kind, instance = 0 }: Pick<PlannedFault, 'kind' | 'instance'>,
  target: LocalTarget,
): string | undefined {
  const { balancer, fleet, steps } = target;
  if ((kind === 'partition' || kind === 'throttle') && balancer === undefined) return 'needs a balancer';
  if (kind === 'cold-start-storm' && fleet.kind !== 'on-demand' && fleet.kind !== 'room') return 'needs functions';
  if (kind === 'dependency-down' && fleet.kind === 'room') return 'needs a data folder';
  if (kind === 'step-fails' && steps !== true) return 'needs steps of workflows in its instances';
  return instance < mostOf(fleet) ? undefined : `needs an instance ${instance}`;
}

function mostOf(fleet: FleetPlan): number {
  switch (fleet.kind) {
    case 'fixed':
      return fleet.count;
    case 'autoscale':
    case 'on-demand':
      return fleet.rules.most;
    case 'room':
      return Number.POSITIVE_INFINITY;
  }
}

/** What is told of a fault whose instance is not there, such as functions that nobody has asked for yet. */
export const noInstance = (fault: PlannedFault): { readonly fault: string; readonly why: string } => ({
  fault: faultText(fault),
  why: `there is no instance${fault.instance === undefined ? '' : ` ${fault.instance}`}`,
});

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
    case 'step-fails':
      return `${Math.round(fault.rate * 100)} % of ${fault.step} fail`;
  }
}
