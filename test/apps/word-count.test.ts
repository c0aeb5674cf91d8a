import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TOKENIZERS, type Tokenizer } from '../../apps/word-count/text/tokenizers.ts';
import { Failure } from '../../core/error.ts';
import { byteLength } from '../../core/json.ts';
import { countNaively, countWords } from '../support/count-words.ts';
import { fixture } from '../support/fixtures.ts';

const flaky = (): never => {
  throw new Failure({ name: 'TransientError', message: 'not today' });
};

const word = fc.constantFrom('the', 'The', 'kite', 'up', 'é', '漢字', '😀', 'x'.repeat(50), "o'clock");
const gap = fc.constantFrom(' ', '\n', '\r\n', '\t', '\n\n', '  ');
const text = fc.array(fc.oneof(word, gap, gap), { maxLength: 40 }).map((pieces) => pieces.join(''));
const texts = fc
  .array(text, { maxLength: 6 })
  .map((all) => Object.fromEntries(all.map((one, i) => [`texts/${i}.txt`, one])));

describe('word-count', () => {
  it('finds what a naive count finds: whatever the splits, reducers, duplicates, failed attempts and pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        texts,
        fc.constantFrom(...TOKENIZERS),
        fc.option(fc.integer({ min: 1, max: 30 }), { nil: null }),
        fc.integer({ min: 1, max: 64 }),
        fc.record({
          times: fc.integer({ min: 1, max: 2 }),
          late: fc.boolean(),
          pageSize: fc.integer({ min: 1, max: 3 }),
        }),
        async (texts, tokenizer, splits, reducers, { times, late, pageSize }) => {
          const { result, output } = await countWords(texts, {
            input: { tokenizer, reducers, ...(splits !== null && { splits }) },
            times,
            pageSize,
            // The first attempt does its work and then nobody hears of it.
            after: ({ attempt }) => (late && attempt === 1 ? flaky() : undefined),
          });
          const expected = countNaively(texts, tokenizer);
          expect(result.toString()).toBe(expected.toString());
          const counts = expected
            .toString()
            .split('\n')
            .slice(0, -1)
            .map((line) => Number(line.split('\t')[1]));
          const { words, total, files, top } = output;
          const single = await countWords(texts, { input: { tokenizer, splits: 1, reducers: 1 } });
          expect(top).toEqual(single.output.top);
          expect({ words, total, files }).toEqual({
            words: counts.length,
            total: counts.reduce((a, b) => a + b, 0),
            files: Object.keys(texts).length,
          });
        },
      ),
      { numRuns: 100 },
    );
  });

  it('counts nothing where there is nothing', async () => {
    for (const texts of [{}, { 'a.txt': '', 'b.txt': '' }, { 'a.txt': ' \r\n ' }]) {
      const { result, output } = await countWords(texts);
      expect(result).toHaveLength(0);
      expect(output).toMatchObject({ words: 0, total: 0, top: [], parts: [] });
    }
  });

  it('counts only what is under its prefix, and what was typed into the page only where it is named', async () => {
    const key = 'pasted/0b7a5c0e-9d0f-4a53-8e3c-3f6f1a0f6a11/text.txt';
    const texts = { 'a/1': 'one', 'a/2': 'two', 'b/1': 'three', [key]: 'four', 'pasted/mine.txt': 'five' };
    const words = async (prefix: string) =>
      (await countWords(texts, { input: { prefix } })).result.toString().match(/\w+(?=\t)/g);
    expect(await words('a/')).toEqual(['one', 'two']);
    expect(await words('')).toEqual(['five', 'one', 'three', 'two']);
    expect(await words(key)).toEqual(['four']);
  });

  it('stays under 256 KiB everywhere with 1,000 splits and 64 reducers', async () => {
    const long = Array.from({ length: 12_000 }, (_, i) => `word-${(i * 7919) % 5_003}\n`).join('');
    const input = { splits: 1_000, reducers: 64 };
    const { result, output, calls } = await countWords({ [`${'k'.repeat(900)}.txt`]: long }, { input });
    expect(result.equals(countNaively({ long }))).toBe(true);
    expect(output).toMatchObject({ splits: 1_000, words: 5_003, total: 12_000 });
    expect(Math.max(...calls.map(({ input }) => byteLength(input)))).toBeLessThan(100_000);
    expect(calls.filter(({ node }) => node.step === 'Mapper')).toHaveLength(1_000);
  });

  it('fails by name where a text changes or goes while it is counted', async () => {
    for (const change of ['put', 'delete'] as const) {
      const counting = countWords(
        { 'a.txt': 'one two', 'b.txt': 'three' },
        {
          before: async ({ node }, corpus) => void (node.step === 'Mapper' && (await corpus[change]('b.txt', 'four'))),
        },
      );
      await expect(counting).rejects.toMatchObject({ name: 'InputChanged', data: { key: 'b.txt' } });
    }
  });

  it('keeps to its plan where a late attempt finds other texts', async () => {
    const { result, work } = await countWords(
      { 'a.txt': 'one' },
      {
        before: async ({ node, attempt }, corpus) =>
          void (node.step === 'GetInputData' && attempt === 2 && (await corpus.put('b.txt', 'two'))),
        after: ({ node, attempt }) => (node.step === 'GetInputData' && attempt === 1 ? flaky() : undefined),
      },
    );
    expect([...work.objects.keys()].filter((key) => key.includes('plan-'))).toHaveLength(2);
    expect(result.toString()).toBe('one\t1\ntwo\t1\n');
  });

  it('shows long and strange words in short', async () => {
    const { output } = await countWords({ 'a.txt': `${'\u0001'.repeat(300)} ${'😀'.repeat(300)} ${'é'.repeat(30)}` });
    const top = output.top as [string, number][];
    expect(top.map(([shown]) => shown.length)).toEqual([30, 40, 40]);
    expect(top.every(([shown]) => shown.isWellFormed() && !/\p{Cc}/u.test(shown))).toBe(true);
  });
});

describe('what went wrong in others’ solutions of the lab', () => {
  const lines = 'up and up and up\r\nlet us go\r\nup, let us go\r\n';
  const expected = 'and\t2\ngo\t2\nlet\t2\nup\t3\nup,\t1\nus\t2\n';

  it.each([
    ['repeats within a line are counted, and so is a word of several lines', { 'a.txt': lines }, expected, {}],
    ['a word of two lines is reduced once, when each line is a split', { 'a.txt': lines }, expected, { splits: 40 }],
    ['a word of two files is reduced once', { 'a.txt': 'go\r\nfly', 'b.txt': 'fly\r\ngo' }, 'fly\t2\ngo\t2\n', {}],
    ['two files with the same bytes count twice', { 'a.txt': 'a kite', 'b.txt': 'a kite' }, 'a\t2\nkite\t2\n', {}],
    ['CRLF is no part of a word, and a last line needs no end', { 'a.txt': 'so high\r\nso' }, 'high\t1\nso\t2\n', {}],
    [
      'one giant line is counted once, however often it is cut',
      { 'a.txt': 'up '.repeat(5_000) },
      'up\t5000\n',
      { splits: 50 },
    ],
    [
      'a file without any white space is a word',
      { 'a.txt': 'x'.repeat(3_000) },
      `${'x'.repeat(3_000)}\t1\n`,
      { splits: 9 },
    ],
  ])('%s', async (_what, texts, expected, input) => {
    expect((await countWords(texts, { input })).result.toString()).toBe(expected);
  });
});

interface Reference
  extends Readonly<Record<Tokenizer, { total: number; unique: number; top: [string, number][]; sha256: string }>> {
  readonly id: string;
  readonly sha256: string;
}
const SOURCES = [
  { id: 'GPL-3', file: '/usr/share/common-licenses/GPL-3', get: 'it is on every Debian' },
  { id: 'us-constitution', file: '/usr/share/state/us-constitution.gz', get: 'apt-get install miscfiles' },
];
const file = fixture('wordcount/reference.json');
const references = file === undefined ? [] : (JSON.parse(readFileSync(file, 'utf8')) as Reference[]);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe.each(SOURCES)('the reference $id', ({ id, file, get }) => {
  const reference = references.find((one) => one.id === id);
  const missing =
    reference === undefined ? 'no reference; set SKEIN_FIXTURES' : existsSync(file) ? undefined : `no ${file}; ${get}`;

  it.skipIf(missing !== undefined).for([...TOKENIZERS])(
    `%s${missing === undefined ? '' : ` SKIPPED: ${missing}`}`,
    async (tokenizer) => {
      const bytes = readFileSync(file);
      const whole = file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
      expect(sha256(whole)).toBe(reference!.sha256);
      const { total, unique, top, sha256: wanted } = reference![tokenizer];
      for (const [splits, reducers] of [
        [1, 1],
        [13, 5],
        [1_000, 64],
      ] as const) {
        const { result, output } = await countWords({ 'text.txt': whole }, { input: { tokenizer, splits, reducers } });
        expect(sha256(result)).toBe(wanted);
        expect(output).toMatchObject({ total, words: unique });
        expect((output.top as unknown[]).slice(0, top.length)).toEqual(top);
      }
    },
  );
});
