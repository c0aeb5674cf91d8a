import { join } from 'node:path';
import type { ServerCommand } from './instance/instance.ts';
import {
  type AutoscaleRules,
  AZURE_AUTOSCALE,
  AZURE_FRONT_END,
  AZURE_FUNCTIONS,
  AZURE_LOAD_BALANCER,
  type BalancerRules,
  type OnDemandRules,
  RETRYING_BALANCER,
} from './platform/rules.ts';

export type FleetPlan =
  | { readonly kind: 'fixed'; readonly count: number }
  | { readonly kind: 'autoscale'; readonly rules: AutoscaleRules }
  | { readonly kind: 'on-demand'; readonly rules: OnDemandRules }
  | RoomPlan;

/** One server that starts the processes of its functions itself: those are the instances. */
export interface RoomPlan {
  readonly kind: 'room';
  /** Where requests get their slots: one at a time in each process of functions, or where the server takes them. */
  readonly slots: 'functions' | 'front';
}

export interface Price {
  /** US dollars. */
  readonly perMillionRequests: number;
  readonly perGibSecond: number;
  readonly gib: number;
  readonly source: string;
}

/** Processes of this machine, behind what the lab models of a cloud. */
export interface LocalTarget {
  readonly about: string;
  /** Whether a cloud's rules are modelled: real processes all the same. */
  readonly modelled: boolean;
  /** Which runtime of a cloud it really is, in half a sentence; it is not the cloud. */
  readonly runtime?: string;
  readonly command: ServerCommand;
  /** Whether steps of workflows run in the instances themselves. @default false */
  readonly steps?: boolean;
  /** Longest time that an instance may take to be ready. @default 60 */
  readonly bootSeconds?: number;
  /** Without one, requests go to the only instance itself. */
  readonly balancer?: BalancerRules;
  readonly fleet: FleetPlan;
  readonly price?: Price;
}

/** A deployment somewhere. */
export interface UrlTarget {
  readonly about: string;
  readonly url: string;
}

export type Target = LocalTarget | UrlTarget;

const CLI = join(import.meta.dirname, '../../cli/skein.ts');

/** A room, as everybody starts it. */
const inRoom =
  (room: string): ServerCommand =>
  (data) => [CLI, 'dev', '--room', room, '--json', '--module', APPS, '--data', data];
const APPS = join(import.meta.dirname, '../../apps/index.ts');
const skeinDev = { command: inRoom('local'), steps: true };

/** Seconds: the rooms of clouds package the apps before they serve them. */
const PACKAGED = 300;

/** What can be measured by name: a line here is all that another one takes. */
export const TARGETS: Readonly<Record<string, LocalTarget>> = {
  local: {
    about: 'one process',
    modelled: false,
    ...skeinDev,
    fleet: { kind: 'fixed', count: 1 },
  },
  'scale-set': {
    about: '2 instances behind a load balancer',
    modelled: true,
    ...skeinDev,
    balancer: AZURE_LOAD_BALANCER,
    fleet: { kind: 'fixed', count: 2 },
  },
  'scale-set-retry': {
    about: '2 instances behind a balancer that tries again',
    modelled: true,
    ...skeinDev,
    balancer: RETRYING_BALANCER,
    fleet: { kind: 'fixed', count: 2 },
  },
  'web-app': {
    about: '1 to 3 instances by CPU',
    modelled: true,
    ...skeinDev,
    balancer: AZURE_FRONT_END,
    fleet: { kind: 'autoscale', rules: AZURE_AUTOSCALE },
  },
  function: {
    about: '0 to 4 instances on demand, one request each',
    modelled: true,
    ...skeinDev,
    balancer: AZURE_FRONT_END,
    fleet: { kind: 'on-demand', rules: AZURE_FUNCTIONS },
    price: {
      perMillionRequests: 0.2,
      perGibSecond: 0.000016,
      gib: 0.5,
      source: 'https://azure.microsoft.com/pricing/details/functions/',
    },
  },
  lambda: {
    about:
      "the package for AWS, a request at a time in each of up to 40 processes of Lambda's runtime interface client",
    modelled: false,
    runtime: "AWS's runtime interface client: a request waits for a process of its own, and none is refused",
    command: inRoom('aws'),
    bootSeconds: PACKAGED,
    fleet: { kind: 'room', slots: 'functions' },
    price: {
      perMillionRequests: 0.2,
      perGibSecond: 0.0000133334,
      gib: 1,
      source: 'https://aws.amazon.com/lambda/pricing/',
    },
  },
  'azure-functions': {
    about: "the package for Azure, in one process of Azure Functions' library behind a host",
    modelled: false,
    runtime: "Azure Functions' library in one warm instance",
    command: inRoom('azure'),
    bootSeconds: PACKAGED,
    fleet: { kind: 'room', slots: 'front' },
  },
};

/** Where the rules of a target come from. */
export function sourcesOf(target: Target): string[] {
  if ('url' in target) return [];
  const { balancer, fleet } = target;
  const rules = [balancer, 'rules' in fleet ? fleet.rules : undefined];
  return rules.flatMap((one) => (one === undefined ? [] : [one.source]));
}
