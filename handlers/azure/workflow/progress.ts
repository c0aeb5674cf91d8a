import type { Durable } from './durable.ts';
import type { LaneResult } from './envelope.ts';

/** What an instance tells about itself while it runs (Durable's custom status). */
export interface Told {
  /** Step calls that are over, those of lanes that are over included. */
  readonly done: number;
  readonly total: number;
  /** The fan-out that it waits for: lanes are called `<prefix>0`, `<prefix>1` and so on. */
  readonly lanes?: Lanes;
}
interface Lanes {
  readonly prefix: string;
  readonly count: number;
}

export interface Progress {
  finished(): void;
  /** A map began: so many calls are known of now. */
  planned(calls: number): void;
  open(lanes: Lanes): void;
  closed(results: readonly Pick<LaneResult, 'done' | 'planned'>[]): void;
  now(): { readonly done: number; readonly planned: number };
}

export function makeProgress(durable: Durable, start: { readonly done: number; readonly planned: number }): Progress {
  let { done, planned } = start;
  let lanes: Lanes | undefined;
  const tell = (): void => {
    const told: Told = { done, total: Math.max(planned, done), ...(lanes !== undefined && { lanes }) };
    durable.tell(told);
  };
  tell();
  return {
    finished() {
      done++;
      tell();
    },
    planned(calls) {
      planned += calls;
    },
    open(opened) {
      lanes = opened;
      tell();
    },
    closed(results) {
      lanes = undefined;
      for (const one of results) {
        done += one.done;
        planned += one.planned;
      }
      tell();
    },
    now: () => ({ done, planned }),
  };
}
