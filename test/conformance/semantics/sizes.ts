import { expect } from 'vitest';
import {
  attempt,
  DefinitionError,
  eq,
  type Json,
  large,
  length,
  map,
  parallel,
  repeat,
  step,
  workflow,
} from '../../../core/index.ts';
import { asks, block, type Clause, clause, law, lit, only, ref, task } from './clause.ts';

/** Bytes of UTF-8 JSON that one value may have. */
const LIMIT = 262_144;
/** A string whose JSON has so many bytes. */
const sized = (bytes: number): string => 'x'.repeat(bytes - 2);
const anyText = {
  '~standard': { version: 1 as const, vendor: 'law', validate: (value: unknown) => ({ value: value as string }) },
};
const text = step('text', { run: (bytes) => sized(bytes as number) });
const pair = step('pair', { run: () => [0, 0] });
const again = step('again', { input: anyText, run: (state) => state as string });

export const sizeClauses: readonly Clause[] = [
  clause(29, 'a value of exactly the limit passes', async (t) => {
    const whole = workflow('law', { run: () => text(LIMIT) });
    expect(await t.output(whole)).toHaveLength(LIMIT - 2);
  }),
  clause(29, 'a step that makes more fails with PayloadTooLarge, once; an attempt may catch it', async (t) => {
    const retried = { retry: { attempts: 3, seconds: 1, rate: 1 } };
    const caught = {
      ...{ kind: 'attempt', id: 'a', body: block(task('t', 'make', lit(null), retried)) },
      rescue: only(ref('a.error', 'name')),
    };
    const { calls, outcome } = await t.run(law([caught], ref('a'), { make: () => sized(LIMIT + 1) }));
    expect(outcome).toStrictEqual({ output: 'PayloadTooLarge' });
    expect(calls).toHaveLength(1);
  }),
  clause(29, 'bytes are counted, not characters', async (t) => {
    const wide = step('wide', { run: (count) => 'é'.repeat(count as number) });
    const whole = workflow('law', {
      run: (count) =>
        attempt(
          () => wide(count),
          (error) => error.name,
        ),
    });
    expect(await t.output(whole, LIMIT / 2 - 1)).toHaveLength(LIMIT / 2 - 1);
    expect(await t.output(whole, LIMIT / 2)).toBe('PayloadTooLarge');
  }),
  clause(29, 'the result of a fan-out that is too large ends the run, uncatchable', async (t) => {
    const half = LIMIT / 2;
    const mapped = workflow('law', {
      run: () =>
        attempt(
          () => map([half, half], (bytes) => text(bytes)),
          () => 'caught',
        ),
    });
    expect(await t.error(mapped)).toMatchObject({ name: 'PayloadTooLarge' });
    const split = workflow('law', {
      run: () =>
        attempt(
          () =>
            parallel(
              () => text(half),
              () => text(half),
            ),
          () => 'caught',
        ),
    });
    expect(await t.error(split)).toMatchObject({ name: 'PayloadTooLarge' });
    const nested = workflow('law', {
      run: () =>
        attempt(
          () => map([0], () => map([half, half], (bytes) => text(bytes))),
          () => 'caught',
        ),
    });
    expect(await t.error(nested)).toMatchObject({ name: 'PayloadTooLarge' });
  }),
  clause(41, 'what is still needed is bounded together, uncatchable', async (t) => {
    const half = LIMIT / 2;
    const both = workflow('law', {
      run: () =>
        attempt(
          () => {
            const [one, two] = [text(half), text(half + 1)];
            return [length(pair(one)), length(pair(two))];
          },
          () => 'caught',
        ),
    });
    expect(await t.error(both)).toMatchObject({ name: 'PayloadTooLarge', data: { limit: LIMIT } });
    const output = workflow('law', {
      run: () => {
        const one = text(half);
        return attempt(
          () => [one, one],
          () => ['caught', ''],
        );
      },
    });
    expect(await t.error(output)).toMatchObject({ name: 'PayloadTooLarge' });
  }),
  clause(41, 'what nothing mentions any more is not counted', async (t) => {
    const one = workflow('law', {
      run: () => {
        const sizes = [pair(text(LIMIT - 100)), pair(text(LIMIT - 100)), pair(text(LIMIT - 100))];
        return sizes.map((each) => length(each));
      },
    });
    expect(await t.output(one)).toEqual([2, 2, 2]);
    const rounds = workflow('law', {
      run: () => repeat(text(LIMIT - 100), (state) => again(state), { until: (state) => eq(state, ''), max: 3 }),
    });
    expect(await t.output(rounds)).toHaveLength(LIMIT - 102);
    const unused = workflow('law', {
      run: () => {
        const large = text(LIMIT - 100);
        return [map([1, 2], () => pair(text(LIMIT / 2))), pair(large)];
      },
    });
    expect(await t.output(unused)).toEqual([
      [
        [0, 0],
        [0, 0],
      ],
      [0, 0],
    ]);
  }),
  clause(36, 'a value declared large travels whole from step to step', async (t) => {
    const seen: number[] = [];
    const make = step('make', { output: large(anyText), run: () => sized(LIMIT * 2) });
    const measure = step('measure', {
      run: (input) => {
        const { body, list } = input as { body: string; list: string[] };
        seen.push(body.length, ...list.map((one) => one.length));
        return body.length;
      },
    });
    const whole = workflow('law', {
      run: () => {
        const body = make(null);
        const list = map([0, 1, 2], () => make(null));
        return measure({ body, list } as never);
      },
    });
    expect(await t.output(whole)).toBe(LIMIT * 2 - 2);
    expect(seen).toStrictEqual(Array.from({ length: 4 }, () => LIMIT * 2 - 2));
  }),
  clause(36, 'looking into a large value is refused when the workflow is defined', async () => {
    const made = { kind: 'task', id: 'made', step: 'echo', input: lit(null), large: true };
    const looks = [
      only(ref('made', 'x')),
      only({ len: ref('made') }),
      block({ kind: 'map', id: 'm', items: ref('made'), body: only(lit(0)) }),
      block({ kind: 'sleep', id: 's', seconds: ref('made') }),
      block({
        kind: 'choose',
        id: 'c',
        cases: [{ if: { truthy: ref('made') }, then: only(lit(0)) }],
        else: only(lit(0)),
      }),
      block({ kind: 'fail', id: 'f', error: 'Oops', message: { arr: [lit('it is'), ref('made')] } }),
      block({ kind: 'fail', id: 'f', error: { obj: [['name', ref('made')]] }, message: lit('') }),
      block({ kind: 'fail', id: 'f', error: 'Oops', message: lit(''), data: { obj: [['value', ref('made')]] } }),
      block(
        { kind: 'map', id: 'm', items: lit([0]), body: only({ obj: [['value', ref('made')]] }) },
        { kind: 'fail', id: 'f', error: 'Oops', message: ref('m') },
      ),
    ] as { nodes: object[]; out: object }[];
    for (const { nodes, out } of looks) expect(() => law([made, ...nodes], out)).toThrow(DefinitionError);
    expect(() => law([made, task('t', 'echo', ref('made'))], ref('t'))).not.toThrow();
  }),
  clause(36, 'whether a large value is present may be asked', async (t) => {
    const made = (id: string, step: string): object => ({ ...task(id, step, lit(null)), large: true });
    const whole = law(
      [
        made('some', 'some'),
        made('none', 'none'),
        asks('there', { present: ref('some') }),
        asks('gone', { present: ref('none') }),
      ],
      { arr: [ref('there'), ref('gone'), ref('none')] },
      { some: () => 'x', none: () => undefined },
    );
    expect(await t.output(whole)).toStrictEqual([true, false, null]);
  }),
  clause(40, 'an input or an event over the limit is refused where it comes in', async (t) => {
    const room = await t.open(law([{ kind: 'waitFor', id: 'w', event: 'go' }], ref('w')));
    const tooLarge = { name: 'PayloadTooLarge' };
    await expect(room.start('law', sized(LIMIT + 1), { id: 'r' })).rejects.toMatchObject(tooLarge);
    await room.start('law', 0, { id: 'r' });
    await expect(room.event('r', 'go', sized(LIMIT + 1))).rejects.toMatchObject(tooLarge);
    await room.event('r', 'go', 'small');
    expect(await room.result('r')).toStrictEqual({ output: 'small' });
  }),
  clause(31, 'a value carries a null for what the workflow reads of it and it does not have', async (t) => {
    const made = task('made', 'bare', lit(null));
    const unread = law([made], ref('made'), { bare: () => ({ list: [{}] }) });
    expect(await t.output(unread)).toStrictEqual({ list: [{}] });
    const nodes = [
      made,
      { kind: 'map', id: 'm', items: ref('made', 'list'), body: only(ref('m.item', 'x')) },
      task('sent', 'echo', ref('made')),
      { kind: 'choose', id: 'c', cases: [], else: only(lit(0)) },
    ];
    const read = law(nodes, { arr: [ref('sent'), ref('in'), ref('in', 'p')] }, { bare: () => ({ list: [{}] }) });
    const { calls, outcome } = await t.run(read, {} as Json);
    expect(outcome).toStrictEqual({ output: [{ list: [{ x: null }] }, { p: null }, null] });
    expect(calls.map((call) => call.input)).toStrictEqual([null, { list: [{ x: null }] }]);
  }),
  clause(31, 'what is read of a state is read of whatever makes the next one', async (t) => {
    const body = block(task('reads', 'echo', ref('l.state', 'cursor')), task('next', 'bare', lit(null)));
    const looped = { kind: 'repeat', id: 'l', init: lit({}), max: 2, until: { truthy: lit(false) }, body };
    const whole = law([looped, task('sent', 'echo', ref('l'))], ref('sent'), { bare: () => ({}) });
    expect(await t.output(whole)).toStrictEqual({ cursor: null });
  }),
];
