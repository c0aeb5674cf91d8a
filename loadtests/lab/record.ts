import type { Search } from './experiment.ts';
import type { SlotRules } from './instance/slots.ts';

/** One request, as its client saw it. */
export interface RequestRecord {
  readonly id: string;
  /** When it was sent, in milliseconds since 1970. */
  readonly at: number;
  /** Until its answer was there, or it had failed. */
  readonly ms: number;
  /** The user's state. */
  readonly what: string;
  /** Whether it is its user's first. */
  readonly arrival: boolean;
  readonly status?: number;
  /** Why there is no good answer: a status of 400 or more, with the reason that it gave, or the code of a connection that failed. */
  readonly error?: string;
  /** What is wrong with an answer that came. */
  readonly wrong?: string;
  readonly pid?: number;
  readonly instance?: string;
}

/** What an instance did for a request. */
export interface WorkRecord {
  readonly at: number;
  readonly kind: 'begin' | 'end';
  readonly id: string;
  readonly pid: number;
  readonly instance: string;
  /** By the calendar of slots: milliseconds that it waits for one, and how long that is. */
  readonly waitMs?: number;
  readonly slotMs?: number;
  /** Milliseconds by which the answer left after its slot: the machine was too small. */
  readonly lateMs?: number;
}

/** Something that happened to the target. */
export interface EventRecord {
  readonly at: number;
  readonly kind:
    | 'starting'
    | 'ready'
    | 'leaving'
    | 'gone'
    | 'down'
    | 'up'
    | 'fault'
    | 'over'
    | 'left-out'
    | 'step-failed';
  readonly instance?: string;
  readonly pid?: number;
  /** From the start of its process until it was ready. */
  readonly bootMs?: number;
  /** Which fault. */
  readonly fault?: string;
  /** Of `left-out`: why the target did not have the fault. */
  readonly why?: string;
  /** Of `step-failed`: which step of a workflow, and how many attempts at it failed since it was told last. */
  readonly step?: string;
  readonly times?: number;
  /** Whether an instance was ready, or gone, because the platform wanted it so while requests came. */
  readonly scaled?: boolean;
}

/** How the generator did. */
export interface GeneratorRecord {
  readonly plannedSeconds: number;
  readonly plannedArrivals: number;
  readonly arrivals: number;
  readonly skipped: number;
  /** From the first to the last thing that Artillery counted. */
  readonly spanSeconds: number;
  /** The share of a core that it took, or null where it was too short to tell. */
  readonly cpu: number | null;
  readonly exitCode: number;
}

/** What was measured, where and with what. */
export interface Setting {
  readonly experiment: string;
  readonly title: string;
  readonly scenario: string;
  readonly command: string;
  readonly commit: string;
  readonly date: string;
  readonly machine: {
    readonly cores: number;
    readonly model: string;
    readonly memoryGiB: number;
    readonly node: string;
    readonly system: string;
    readonly artillery: string;
    /** Processes that wanted a core in the minute before, besides the lab's own. */
    readonly loadBefore: number;
  };
  readonly seconds: number;
  readonly pace: number;
  readonly load: readonly { readonly share: number; readonly perSecond: number }[];
  readonly instance: Required<SlotRules>;
  /** The goal of a search for the highest load; each target is then a step of it. */
  readonly search?: Search;
  readonly targets: readonly {
    readonly name: string;
    readonly about: string;
    readonly modelled: boolean;
    /** Which runtime of a cloud it really is. */
    readonly runtime?: string;
    readonly sources: readonly string[];
    readonly step?: { readonly of: string; readonly perSecond: number };
    readonly price?: {
      readonly perMillionRequests: number;
      readonly perGibSecond: number;
      readonly gib: number;
      readonly source: string;
    };
  }[];
}

/** All that is known of one target. */
export interface Case {
  readonly name: string;
  readonly requests: readonly RequestRecord[];
  readonly work: readonly WorkRecord[];
  readonly events: readonly EventRecord[];
  readonly generator: GeneratorRecord;
}
