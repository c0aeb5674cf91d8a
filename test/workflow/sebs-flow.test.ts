import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  app,
  bucket,
  check,
  fromIR,
  type Json,
  type StepCode,
  step,
  type Workflow,
  type WorkflowIR,
} from '../../core/index.ts';
import { PAYLOAD_LIMIT } from '../../core/workflow/caps.ts';
import { type Dev, open } from '../../handlers/local/dev.ts';
import { fixture } from '../support/fixtures.ts';
import { fromSebs } from '../support/sebs-flow.ts';

/** Text that tells how often it went through `process`: each time every letter becomes the next one. */
const FIRST = 'a';
const CHAIN: Readonly<Record<string, StepCode>> = {
  gen: (input) => FIRST.repeat(z.object({ size: z.int() }).parse(input).size),
  process: (input) => {
    const text = z.string().parse(input);
    return String.fromCharCode(text.charCodeAt(0) + 1).repeat(text.length);
  },
};

/** What a text of one letter is, for a run whose own output it is too large to be. */
const measure: StepCode = (input) => {
  const text = z.string().parse(input);
  const [letter = ''] = text;
  return { letter, length: text.length, throughout: text === letter.repeat(text.length) };
};

/** The same workflow with each output by reference, and with the measures of its result in place of that. */
function byReference(ir: WorkflowIR): unknown {
  const { name, body } = JSON.parse(JSON.stringify(ir), (_, value) =>
    value?.kind === 'task' ? { ...value, large: true } : value,
  ) as WorkflowIR;
  const measured = { kind: 'task', id: 'measured', step: 'measure', input: body.out, reads: [] };
  return { ir: 1, name: `${name}-large`, body: { nodes: [...body.nodes, measured], out: { ref: 'measured' } } };
}

const files = bucket('files');
const key = z.string();
const COUNT: Readonly<Record<string, StepCode>> = {
  split: step('split', {
    input: z.object({ key, n_mappers: z.int() }),
    uses: { files: files.all },
    async run({ key, n_mappers }, { files, idempotencyKey }) {
      const words = (await files.get(key).then((file) => file!.text())).split('\n');
      const size = Math.ceil(words.length / n_mappers);
      const list = Array.from({ length: n_mappers }, (_, i) => ({ key: `${idempotencyKey}/${i}` }));
      for (const [i, { key }] of list.entries()) await files.put(key, words.slice(i * size, (i + 1) * size).join('\n'));
      return { list };
    },
  }),
  map: step('map', {
    input: z.object({ key }),
    uses: { files: files.all },
    async run({ key }, { files, idempotencyKey }) {
      const words = (await files.get(key).then((part) => part!.text())).split('\n');
      const found = Object.entries(Object.groupBy(words, (word) => word));
      const parts = found.map(([word, all]) => ({ word, count: all!.length, key: `${idempotencyKey}/${word}` }));
      for (const { key, count } of parts) await files.put(key, String(count));
      return parts.map(({ word, key }) => ({ word, key }));
    },
  }),
  shuffle: step('shuffle', {
    input: z.object({ list: z.array(z.array(z.object({ word: z.string(), key }))) }),
    run: ({ list }) => ({
      list: Object.entries(Object.groupBy(list.flat(), ({ word }) => word)).map(([word, all]) => ({
        word,
        keys: all!.map(({ key }) => key),
      })),
    }),
  }),
  reduce: step('reduce', {
    input: z.object({ word: z.string(), keys: z.array(key) }),
    uses: { files: files.read },
    async run({ word, keys }, { files }) {
      let count = 0;
      for (const key of keys) count += Number(await files.get(key).then((part) => part!.text()));
      return { word, count };
    },
  }),
};

interface Case<Input, Expected> {
  readonly size: string;
  readonly input: Input;
  readonly expect: Expected;
}
type ChainCase = Case<{ readonly size: number }, { readonly chainLength: number; readonly outputLen: number }>;
type CountCase = Case<
  { readonly words: readonly string[]; readonly repeat: number; readonly n_mappers: number },
  {
    readonly counts: Readonly<Record<string, number>>;
    readonly mapCalls: number;
    readonly reduceCalls: number;
    readonly verifiedByRunning?: readonly (readonly [word: string, count: number])[];
  }
>;

function read<T>(file: string): T | undefined {
  const path = fixture(`sebs-flow/${file}`);
  return path === undefined ? undefined : (JSON.parse(readFileSync(path, 'utf8')) as T);
}
const fixtures = {
  chain: {
    definition: read<Json>('620.func-invo/definition.json'),
    cases: read<ChainCase[]>('620.func-invo/cases.json'),
  },
  count: {
    definition: read<Json>('660.map-reduce/definition.json'),
    cases: read<CountCase[]>('660.map-reduce/cases.json'),
  },
};

function titled(name: string, { definition, cases }: { definition: unknown; cases: unknown }): [boolean, string] {
  const missing = definition === undefined || cases === undefined;
  return [missing, missing ? `SKIPPED ${name}: set SKEIN_FIXTURES to the folder with sebs-flow/` : name];
}

function workflowOf(name: string, definition: unknown, code: Readonly<Record<string, StepCode>>): Workflow<Json, Json> {
  const { ir, steps } = fromSebs(name, definition);
  const made = fromIR(ir, { ...steps, ...code });
  expect(check(made.ir)).toEqual([]);
  return made;
}

async function run(room: Dev, workflow: string, input: Json) {
  const { id } = await room.start(workflow, input);
  const outcome = await room.result(id);
  const calls = Object.groupBy(await room.calls(id), ({ step }) => step);
  return { outcome, times: (step: string): number => calls[step]?.length ?? 0 };
}

const [noChain, chainTitle] = titled('SeBS-Flow 620.func-invo in the local room', fixtures.chain);
describe.skipIf(noChain)(chainTitle, () => {
  const { definition, cases = [] } = fixtures.chain;
  const QUOTES = 2;
  const fits = ({ expect: { outputLen } }: ChainCase): boolean => outputLen + QUOTES <= PAYLOAD_LIMIT;
  let room: Dev;
  beforeAll(async () => {
    const { ir, steps } = fromSebs('func-invo', definition);
    const large = fromIR(byReference(ir), { ...steps, ...CHAIN, measure });
    room = await open(app('sebs', { workflows: [workflowOf('func-invo', definition, CHAIN), large] }));
  });
  afterAll(() => room?.close());

  test('has cases under the limit and over it', () => {
    expect(new Set(cases.map(fits))).toEqual(new Set([true, false]));
  });

  test.each(
    cases.filter(fits),
  )('size $size: every function of the chain is called, and the text arrives', async (one) => {
    const { outcome, times } = await run(room, 'func-invo', one.input);
    const { chainLength, outputLen } = one.expect;
    const last = String.fromCharCode(FIRST.charCodeAt(0) + chainLength - 1);
    expect('output' in outcome && outcome.output === last.repeat(outputLen)).toBe(true);
    expect(times('gen') + times('process')).toBe(chainLength);
  });

  test.each(
    cases,
  )('size $size: with outputs that are declared large, the text arrives whatever its size', async (one) => {
    const { outcome, times } = await run(room, 'func-invo-large', one.input);
    const { chainLength, outputLen } = one.expect;
    const letter = String.fromCharCode(FIRST.charCodeAt(0) + chainLength - 1);
    expect(outcome).toEqual({ output: { letter, length: outputLen, throughout: true } });
    expect(times('gen') + times('process')).toBe(chainLength);
  });

  test.each(
    cases.filter((one) => !fits(one)),
  )(`size $size: over the ${PAYLOAD_LIMIT} bytes that a value may have, so that gen fails with PayloadTooLarge`, async (one) => {
    const { outcome, times } = await run(room, 'func-invo', one.input);
    expect(outcome).toMatchObject({ error: { name: 'PayloadTooLarge', data: { limit: PAYLOAD_LIMIT } } });
    expect([times('gen'), times('process')]).toEqual([1, 0]);
  });
});

const [noCount, countTitle] = titled('SeBS-Flow 660.map-reduce in the local room', fixtures.count);
describe.skipIf(noCount)(countTitle, () => {
  const { definition, cases = [] } = fixtures.count;
  let room: Dev;
  beforeAll(async () => {
    room = await open(app('sebs', { workflows: [workflowOf('map-reduce', definition, COUNT)] }));
  });
  afterAll(() => room?.close());

  test('has cases', () => expect(cases.length).toBeGreaterThan(0));

  test.each(cases)('size $size: all words are counted', async ({ size, input, expect: wanted }) => {
    const key = `words/${size}.txt`;
    const put = await room.fetch(
      new Request(`http://room/buckets/files/${key}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${room.adminKey}` },
        body: shuffled(Array.from({ length: input.repeat }, () => input.words).flat()).join('\n'),
      }),
    );
    expect(put.status).toBe(201);
    const { outcome, times } = await run(room, 'map-reduce', { key, n_mappers: input.n_mappers });
    if ('error' in outcome) throw new Error(JSON.stringify(outcome.error));
    const { list } = z.object({ list: z.array(z.object({ word: z.string(), count: z.int() })) }).parse(outcome.output);
    const found = list.map(({ word, count }) => [word, count] as const);
    expect(Object.fromEntries(found)).toEqual(wanted.counts);
    if (wanted.verifiedByRunning !== undefined) expect(found.sort()).toEqual(wanted.verifiedByRunning);
    expect([times('map'), times('reduce')]).toEqual([wanted.mapCalls, wanted.reduceCalls]);
  });
});

describe('the translator', () => {
  const task = { type: 'task', func_name: 'f' };
  const translate = (states: unknown, root = 'one') => fromSebs('wrong', { root, states });

  test('keeps the rest of a payload whose array was mapped, and names of states that two blocks share', async () => {
    const each = { type: 'map', root: 'one', array: 'list', states: { one: { ...task, func_name: 'double' } } };
    const workflow = workflowOf(
      'kept',
      { root: 'one', states: { one: each } },
      { double: (input) => Number(input) * 2 },
    );
    const room = await open(app('sebs', { workflows: [workflow] }));
    try {
      const { outcome } = await run(room, 'kept', { list: [1, 2], unit: 'm' });
      expect(outcome).toEqual({ output: { list: [2, 4], unit: 'm' } });
    } finally {
      await room.close();
    }
  });

  test.each<[string, unknown, RegExp]>([
    ['type', { one: { type: 'switch', cases: [] } }, /"switch".*states\.one\.type/s],
    [
      'type inside',
      { one: { type: 'map', root: 'a', array: 'x', states: { a: { type: 'loop' } } } },
      /"loop".*states\.a/s,
    ],
    ['field', { one: { ...task, failure: 'two' } }, /"failure".*states\.one/s],
    ['state', { one: { ...task, next: 'two' } }, /no state 'two'/],
    ['way back', { one: { ...task, next: 'one' } }, /'one' comes after itself/],
    ['way to a state', { one: task, two: task }, /nothing leads to state 'two'/],
  ])('names the %s that it does not know', (_, states, message) => {
    expect(() => translate(states)).toThrow(message);
  });
});

/** Words in an order that is no input's own, the same in every run of the tests. */
function shuffled(words: readonly string[]): readonly string[] {
  const order = [...words];
  let seed = 1;
  for (let i = order.length - 1; i > 0; i--) {
    // The minimal standard generator of Park and Miller.
    seed = (seed * 48_271) % 0x7fff_ffff;
    const j = seed % (i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
