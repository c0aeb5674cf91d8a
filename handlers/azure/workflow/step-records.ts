import type { Json } from '../../../core/json.ts';
import type { StepRecord } from '../../../core/workflow/runs.ts';
import type { Answer, StepWork } from './envelope.ts';

/** One attempt of a step. */
export interface Call {
  readonly step: string;
  readonly key: string;
  readonly input: Json;
}

/** What this process knows of the steps that it ran. @param now milliseconds since 1970 */
export function makeRecords(now: () => number) {
  const calls = new Map<string, Call[]>();
  const steps = new Map<string, Map<string, StepRecord>>();
  const time = (): string => new Date(now()).toISOString();
  const of = (run: string): Map<string, StepRecord> => {
    const known = steps.get(run) ?? new Map<string, StepRecord>();
    steps.set(run, known);
    return known;
  };
  return {
    calls: (run: string): readonly Call[] => calls.get(run) ?? [],
    steps: (run: string): readonly StepRecord[] => [...of(run).values()],
    begun({ run, step, key, input, attempt }: StepWork): void {
      const made = calls.get(run) ?? [];
      made.push({ step, key, input: structuredClone(input) });
      calls.set(run, made);
      const startedAt = of(run).get(key)?.startedAt ?? time();
      of(run).set(key, { key, step, status: 'running', attempts: attempt, input, startedAt });
    },
    ended({ run, key }: StepWork, answer: Answer): void {
      const record = of(run).get(key);
      if (record === undefined || record.status === 'succeeded') return;
      const endedAt = time();
      if ('error' in answer) of(run).set(key, { ...record, status: 'failed', error: answer.error, endedAt });
      else if ('ok' in answer) of(run).set(key, { ...record, status: 'succeeded', output: answer.ok, endedAt });
      else if ('claim' in answer) of(run).set(key, { ...record, status: 'succeeded', output: answer.claim, endedAt });
    },
  };
}
