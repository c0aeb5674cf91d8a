import type { App, ErrorValue, Json } from '../../../core/index.ts';

export type Outcome = { readonly output: Json } | { readonly error: ErrorValue };

/** One attempt of a step. */
export interface StepCall {
  readonly step: string;
  readonly key: string;
  readonly input: Json;
}

/** What the clauses ask of a room; time costs nothing in it. */
export interface Room {
  start(workflow: string, input: Json, options?: { readonly id?: string }): Promise<unknown>;
  /** Resolves when the run is over. */
  result(id: string): Promise<Outcome>;
  event(id: string, name: string, data: Json): Promise<unknown>;
  cancel(id: string): Promise<unknown>;
  calls(id: string): Promise<readonly StepCall[]>;
  close(): Promise<unknown>;
  /** Seconds of the room's own clock, where it has one that stands still unless everything waits. */
  now?(): number;
}

export type Open = (app: App) => Promise<Room>;

/** Ends a room in the midst of its runs and opens one on what it left behind; the app may be another. */
export type Reopen = (room: Room, app: App) => Promise<Room>;
