import { expect } from 'vitest';
import type { Json, Step } from '../../core/index.ts';
import { type Call, invoke, type Surroundings } from '../../core/workflow/invoke.ts';

export type AnyStep = { readonly definition: Step['definition'] };

/** The surroundings of one step: claims in a map, log lines in a list. */
export function room() {
  const kept = new Map<string, string>();
  const logged: unknown[] = [];
  const surroundings: Surroundings = {
    client: () => ({ get: async () => undefined, put: async () => 'stored', delete: async () => undefined }),
    claims: { put: async (key, text) => void kept.set(key, text), get: async (key) => kept.get(key) },
    log: (message, fields) => logged.push([message, fields]),
  };
  const call = (one: AnyStep, input: Json, more: Partial<Call> = {}): Promise<Json> =>
    invoke(
      one.definition,
      { run: 'r1', key: 'r1/one', attempt: 1, input, large: one.definition.large, ...more },
      surroundings,
      new AbortController().signal,
    );
  return { kept, logged, call };
}

export const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.fail('it did not fail'),
    (error: { name: string; message: string; data: unknown }) => ({
      name: error.name,
      message: error.message,
      data: error.data,
    }),
  );
