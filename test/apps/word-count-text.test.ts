import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes, fnv1a } from '../../apps/word-count/text/bytes.ts';
import { countText } from '../../apps/word-count/text/count-text.ts';
import { ownLines } from '../../apps/word-count/text/own-lines.ts';
import { planSplits } from '../../apps/word-count/text/plan-splits.ts';
import { TOKENIZERS, type Tokenizer } from '../../apps/word-count/text/tokenizers.ts';
import { countNaively } from '../support/count-words.ts';

/** Texts that are hard on borders: few words, all kinds of white space, letters of one to four bytes, stray bytes. */
const piece = fc.oneof(
  fc.constantFrom(
    'a',
    'A',
    'ab',
    'the',
    'The',
    'x1',
    "don't",
    '-',
    'é',
    'É',
    'Σ',
    'ΑΣ',
    'ß',
    '漢',
    '😀',
    'İ',
    '\ufeff',
  ),
  fc.constantFrom(' ', '\n', '\r\n', '\t', '\v', '\f', '\r', '\u00a0', '\u0085', '\u2003', '  \n\n'),
  fc.string({ unit: 'binary', maxLength: 5 }),
);
const clean = fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.from(pieces.join('')));
const text = fc.oneof(
  { weight: 4, arbitrary: clean },
  fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
);
const tokenizer = fc.constantFrom(...TOKENIZERS);

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** All runs of all spills, added up. */
async function counted(texts: readonly Buffer[], tokenizer: Tokenizer, chunk: number, partitions = 3, held?: number) {
  const counts = new Map<string, number>();
  const options = { tokenizer, partitions, ...(held !== undefined && { held }) };
  let spills = 0;
  const total = await countText(
    texts.map((one) => chunksOf(one, chunk)),
    options,
    async (runs) => {
      spills++;
      expect(runs).not.toHaveLength(0);
      for (const { partition, bytes } of runs) {
        const lines = Buffer.from(bytes)
          .toString('latin1')
          .split('\n')
          .slice(0, -1)
          .map((line) => line.split('\t'));
        const inOrder = lines.map(([word]) => word);
        expect(inOrder).toEqual([...new Set(inOrder)].sort());
        for (const [word = '', count] of lines) {
          expect(fnv1a(Buffer.from(word, 'latin1')) % partitions).toBe(partition);
          counts.set(word, (counts.get(word) ?? 0) + Number(count));
        }
      }
    },
  );
  const all = [...counts.keys()].sort().map((word) => `${word}\t${counts.get(word)}\n`);
  return { result: all.join(''), total, spills };
}

describe('counting a text', () => {
  it('finds what a naive count finds, whatever the chunks, partitions and spills', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { maxLength: 4 }),
        tokenizer,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 64 }),
        fc.boolean(),
        async (texts, tokenizer, chunk, partitions, spilling) => {
          const { result, total } = await counted(texts, tokenizer, chunk, partitions, spilling ? 40 : undefined);
          const expected = countNaively(Object.fromEntries(texts.entries()), tokenizer).toString('latin1');
          expect(result).toBe(expected);
          const counts = expected
            .split('\n')
            .slice(0, -1)
            .map((line) => Number(line.split('\t')[1]));
          expect(total).toBe(counts.reduce((a, b) => a + b, 0));
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['T1', "Don't, don't DON'T", "DON'T\t1\nDon't,\t1\ndon't\t1\n"],
    ['T2', "Don't, don't DON'T été", 'don\t3\nt\t4\n'],
    ['T3', "Don't, don't DON'T -- ÉTÉ", 'dont\t3\nété\t1\n'],
    ['T3', 'ΟΔΟΣ ΟΔΟΣ-Α', 'οδος\t1\nοδοςα\t1\n'],
    ['T3', 'one\u00a0two\u2003one', 'one\t2\ntwo\t1\n'],
  ] as const)('%s of %j', async (tokenizer, given, expected) => {
    const { result } = await counted([Buffer.from(given)], tokenizer, 2);
    expect(Buffer.from(result, 'latin1').toString()).toBe(expected);
  });

  it('ends a word where its text ends', async () => {
    expect((await counted([Buffer.from('up'), Buffer.from('on')], 'T1', 1)).result).toBe('on\t1\nup\t1\n');
  });

  it('holds a bounded number of distinct words', async () => {
    const many = Buffer.from(Array.from({ length: 20_000 }, (_, i) => `word${i % 15_000}`).join(' '));
    const { result, spills } = await counted([many], 'T1', 1_000, 4, 100_000);
    expect(spills).toBeGreaterThan(3);
    expect(result).toBe(countNaively({ many }).toString('latin1'));
  });
});

describe('bytes', () => {
  it('hashes as published', () => {
    const hash = (word: string): number => fnv1a(Buffer.from(word));
    expect([hash(''), hash('a'), hash('foobar')]).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
  });

  it('compares as memcmp does', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
      }),
    );
  });
});

describe('splits', () => {
  const source = (size: number, index: number) => ({ key: `text-${index}`, size, etag: '' });
  const sizes = fc.array(fc.oneof(fc.nat(30), fc.nat(5_000_000)), { maxLength: 30 });

  it('cover every byte once, in order, and are as many as was wished', () => {
    fc.assert(
      fc.property(sizes, fc.option(fc.integer({ min: 1, max: 1000 }), { nil: undefined }), (sizes, wished) => {
        const sources = sizes.map(source);
        const splits = planSplits(sources, wished);
        const ranges = splits.flat();
        for (const { key, size } of sources) {
          const own = ranges.filter((range) => range.key === key);
          let at = 0;
          for (const { from, to } of own) {
            expect(from).toBe(at);
            expect(to).toBeGreaterThan(from);
            at = to;
          }
          expect(at).toBe(size);
        }
        expect(splits.every((split) => split.length > 0)).toBe(true);
        expect(splits.length).toBeLessThanOrEqual(wished ?? 1000);
        const filled = sizes.filter((size) => size > 0);
        if (
          wished !== undefined &&
          filled.length > 0 &&
          filled.length <= wished &&
          filled.every((size) => size >= wished)
        )
          expect(splits).toHaveLength(wished);
        if (wished === undefined) expect(splits.length).toBeGreaterThanOrEqual(filled.length);
      }),
    );
  });

  it('are about one a MiB, and never more than 1,000', () => {
    expect(planSplits([source(4_200_000, 0), source(10, 1), source(0, 2)])).toHaveLength(5);
    expect(planSplits([source(5e10, 0)])).toHaveLength(1_000);
    const many = planSplits(Array.from({ length: 20_000 }, (_, i) => source(100, i)));
    expect(many).toHaveLength(1_000);
    expect(Math.max(...many.map((split) => split.length))).toBe(20);
  });
});

describe('the lines of a split', () => {
  const lines = fc.array(fc.constantFrom('a', 'bb', 'é', ' ', '\n', '\r\n', '\n\n', 'a much longer line than others'), {
    maxLength: 40,
  });

  it('are each in one split, whole, and in bounded chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        lines,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 12 }),
        async (pieces, wished, window) => {
          const whole = Buffer.from(pieces.join(''));
          const read = async (from: number, to: number): Promise<Uint8Array> => whole.subarray(from, to);
          const parts: Buffer[] = [];
          for (const [range] of planSplits([{ key: 'k', size: whole.length, etag: '' }], wished)) {
            const chunks: Uint8Array[] = [];
            for await (const chunk of ownLines(read, range!, window)) chunks.push(chunk);
            expect(chunks.every((chunk) => chunk.length <= window)).toBe(true);
            const part = Buffer.concat(chunks);
            if (part.length > 0 && range!.to < whole.length && parts.length + 1 < wished)
              expect(part.at(-1) === 10 || Buffer.concat([...parts, part]).length === whole.length).toBe(true);
            parts.push(part);
          }
          expect(Buffer.concat(parts).equals(whole)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('are all in the first of many splits where there is one line only, and the others read no further than their end', async () => {
    const whole = Buffer.alloc(10_000, 'x');
    let most = 0;
    const read = async (from: number, to: number): Promise<Uint8Array> => {
      most = to;
      return whole.subarray(from, to);
    };
    const lengths: number[] = [];
    for (const [range] of planSplits([{ key: 'k', size: whole.length, etag: '' }], 10)) {
      let length = 0;
      for await (const chunk of ownLines(read, range!, 64)) length += chunk.length;
      lengths.push(length);
      if (range!.from > 0) expect(most).toBeLessThanOrEqual(range!.to);
    }
    expect(lengths).toEqual([10_000, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });
});
