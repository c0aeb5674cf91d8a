import { type ErrorValue, toErrorValue } from '../../../core/error.ts';
import { exceeds, type Json } from '../../../core/json.ts';
import type { Fields, TableClient } from '../../../core/resources/table.ts';
import { readText, textParts } from '../../../core/workflow/long-text.ts';
import { sha256 } from '../../../core/workflow/run-records.ts';
import type { StepRecord } from '../../../core/workflow/runs.ts';
import type { Answer, StepWork } from '../workflow/index.ts';

/** Bytes of an input or an output that lie in the record itself. */
const MOST = 100_000;
const MOST_ERROR = 40_000;

/** A record as it is kept: what is too long for it lies beside it. */
type Kept = Omit<StepRecord, 'input' | 'output'> & {
  readonly input?: Json;
  readonly output?: Json;
  readonly aside: readonly ('input' | 'output')[];
};

/** The step calls of runs, each written by the activity that makes it: Durable's history has no attempts and no lanes. */
export function stepsIn(table: TableClient, now: () => number) {
  const partitionOf = (run: string): string => `steps/${run}`;
  const time = (): string => new Date(now()).toISOString();

  const write = async (run: string, record: StepRecord): Promise<void> => {
    const partition = partitionOf(run);
    const id = await sha256(record.key);
    const { input, output, ...rest } = record;
    const kept: Record<string, unknown> = { ...rest };
    const aside: string[] = [];
    for (const [name, value] of [
      ['input', input],
      ['output', output],
    ] as const) {
      if (value === undefined) continue;
      if (exceeds(value, MOST)) {
        aside.push(name);
        for (const part of textParts(`${name}/${id}`, JSON.stringify(value)))
          await table.put({ partition, id: part.id }, part.value);
      } else kept[name] = value;
    }
    await table.put({ partition, id: `step/${id}` }, { ...kept, aside } as Fields);
  };
  const opened = async (run: string, { aside, ...record }: Kept): Promise<StepRecord> => {
    const whole: Record<string, Json> = {};
    for (const name of aside)
      whole[name] = JSON.parse(
        (await readText(table, partitionOf(run), `${name}/${await sha256(record.key)}`)) ?? 'null',
      ) as Json;
    return { ...record, ...whole } as StepRecord;
  };

  return {
    /** Writes down that an attempt begins. @returns what is written then. */
    async begun({ run, step, key, attempt: attempts, input }: StepWork): Promise<StepRecord> {
      const found = await table.get({ partition: partitionOf(run), id: `step/${await sha256(key)}` });
      const before = found?.value as unknown as Kept | undefined;
      const startedAt = before?.startedAt ?? time();
      const record: StepRecord = { key, step, status: 'running', attempts, input, startedAt };
      // The same attempt may be made twice; what it gave the first time stays.
      if (before?.status !== 'succeeded') await write(run, record);
      return record;
    },
    async ended(run: string, record: StepRecord, answer: Answer): Promise<void> {
      const endedAt = time();
      if ('error' in answer) {
        await write(run, { ...record, status: 'failed', error: bounded(answer.error), endedAt });
        return;
      }
      const output = 'ok' in answer ? answer.ok : 'claim' in answer ? answer.claim : undefined;
      if (output !== undefined) await write(run, { ...record, status: 'succeeded', output, endedAt });
    },
    /** In the order in which they were first started. */
    async of(run: string, from: number, to: number): Promise<{ items: readonly StepRecord[]; more: boolean }> {
      const all: Kept[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await table.query(partitionOf(run), {
          prefix: 'step/',
          limit: 1000,
          ...(cursor !== undefined && { cursor }),
        });
        all.push(...page.items.map(({ value }) => value as unknown as Kept));
        cursor = page.next;
        if (cursor === undefined) break;
      }
      all.sort((a, b) => (a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : byKey(a.key, b.key)));
      const items = await Promise.all(all.slice(from, to).map((one) => opened(run, one)));
      return { items, more: to < all.length };
    },
  };
}

/** Keys that begin together are in the order of their indices. */
const byKey = new Intl.Collator('en', { numeric: true }).compare;

function bounded(error: ErrorValue): ErrorValue {
  const { name, message, data } = toErrorValue(error);
  if (!exceeds({ name, message, data: data ?? null }, MOST_ERROR)) return error;
  return { name: name.slice(0, 256), message: message.slice(0, MOST_ERROR / 8).toWellFormed() };
}
