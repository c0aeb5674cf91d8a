import { resultResponse } from '../../apps/word-count/result-response.ts';
import { wordCount } from '../../apps/word-count/workflow.ts';
import { Failure } from '../../core/error.ts';
import { type Json, toJson } from '../../core/json.ts';
import { PAYLOAD_LIMIT } from '../../core/workflow/caps.ts';
import { drive } from '../../core/workflow/drive.ts';
import { invoke } from '../../core/workflow/invoke.ts';
import { parseInput } from '../../core/workflow/schema.ts';
import { type TaskEffect, walk } from '../../core/workflow/walk.ts';
import { memoryBucket } from './memory-bucket.ts';

export type Texts = Readonly<Record<string, string | Uint8Array>>;

export interface CountOptions {
  readonly input?: Readonly<Record<string, Json>>;
  /** Called before each attempt; what it throws fails the attempt. */
  readonly before?: (effect: TaskEffect, corpus: ReturnType<typeof memoryBucket>) => void | Promise<void>;
  /** Called after each attempt; what it throws fails the attempt although its effects stand. */
  readonly after?: (effect: TaskEffect) => void;
  /** Runs each attempt so often. @default 1 */
  readonly times?: number;
  /** Items of a page of the corpus. @default 1000 */
  readonly pageSize?: number;
}

/** Runs the workflow in memory, without threads or waiting, and gives its output, the whole result and the step calls. */
export async function countWords(texts: Texts, options: CountOptions = {}) {
  const { before, after, times = 1, pageSize } = options;
  const corpus = memoryBucket(pageSize);
  const work = memoryBucket();
  for (const [key, text] of Object.entries(texts)) await corpus.put(key, text);
  const claims = { put: async () => undefined, get: async () => undefined };
  const room = {
    client: ({ name }: { name: string }) => (name === 'corpus' ? corpus : work),
    claims,
    log: () => undefined,
  };
  const calls: TaskEffect[] = [];
  const task = async (effect: TaskEffect, signal: AbortSignal): Promise<Json> => {
    calls.push(effect);
    const definition = wordCount.steps.get(effect.node.step)!;
    const call = { run: 'run', key: effect.key, attempt: effect.attempt, input: effect.input, large: false };
    try {
      await before?.(effect, corpus);
      const outputs = await Promise.all(Array.from({ length: times }, () => invoke(definition, call, room, signal)));
      after?.(effect);
      return outputs[0]!;
    } catch (error) {
      throw error instanceof Failure ? error : new Failure({ name: 'Error', message: String(error) });
    }
  };
  const ports = {
    limit: PAYLOAD_LIMIT,
    task,
    sleep: () => undefined,
    event: () => null,
    opened: () => undefined,
    failed: () => undefined,
  };
  const input = await parseInput(wordCount.input, toJson(options.input ?? {}));
  const output = await drive(walk(wordCount.ir, input, 'run'), ports, new AbortController().signal);
  const run = {
    id: 'run',
    workflow: 'word-count',
    status: 'succeeded',
    output,
    progress: { done: 1, total: 1 },
    startedAt: '',
    updatedAt: '',
  } as const;
  const result = Buffer.from(await (await resultResponse(run, work)).bytes());
  return { output: output as { [key: string]: Json }, result, calls, work };
}

/** The same by the shortest way: whole texts in memory, words as strings. */
export function countNaively(texts: Texts, tokenizer: Json = 'T1'): Buffer {
  const counts = new Map<string, number>();
  for (const text of Object.values(texts))
    for (const word of words(Buffer.from(text as string), tokenizer)) counts.set(word, (counts.get(word) ?? 0) + 1);
  // latin1: one character a byte, so that the order of strings is that of bytes.
  const lines = [...counts.keys()].sort().map((word) => `${word}\t${counts.get(word)}\n`);
  return Buffer.from(lines.join(''), 'latin1');
}

function words(text: Buffer, tokenizer: Json): string[] {
  if (tokenizer === 'T1')
    return text
      .toString('latin1')
      .split(/[ \t\n\v\f\r]+/)
      .filter(Boolean);
  if (tokenizer === 'T2')
    return (
      text
        .toString('latin1')
        .replace(/[A-Z]/g, (one) => one.toLowerCase())
        .match(/[a-z]+/g) ?? []
    );
  const kept = text
    .toString()
    .toLowerCase()
    .split(/\p{White_Space}+/u)
    .map((word) => word.replace(/[^\p{L}\p{N}]/gu, ''));
  return kept.filter(Boolean).map((word) => Buffer.from(word).toString('latin1'));
}
