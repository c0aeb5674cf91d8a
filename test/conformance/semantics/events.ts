import { expect } from 'vitest';
import {
  attempt,
  DefinitionError,
  type Json,
  sleep,
  step,
  type Workflow,
  waitFor,
  workflow,
} from '../../../core/index.ts';
import { block, type Clause, clause, gate, law, lit, only, ref, type Trial } from './clause.ts';

const echo = step('echo', { run: (input) => input as Json });

/** Runs a workflow whose first step holds it until the events are there. */
async function early(t: Trial, waits: () => unknown, events: readonly (readonly [string, Json])[]): Promise<unknown> {
  const held = gate();
  const hold = step('hold', { run: () => held.opened });
  const room = await t.open(
    workflow('law', {
      run: () => {
        hold(null);
        return waits();
      },
    }),
  );
  await room.start('law', null, { id: 'r' });
  for (const [name, data] of events) await room.event('r', name, data);
  held.open();
  return room.result('r');
}

const waitingLaw = (): Workflow => workflow('law', { run: () => [waitFor('go'), waitFor('go')] });

export const eventClauses: readonly Clause[] = [
  clause(23, 'an event that came early is kept', async (t) => {
    for (const data of [{ x: 1 }, 0, '', false, null, []] as Json[])
      expect(await early(t, () => waitFor('go', { timeout: 60 }), [['go', data]])).toStrictEqual({ output: data });
  }),
  clause(23, 'each event is consumed once, oldest first', async (t) => {
    const waits = () => [
      waitFor('go', { timeout: 60 }),
      waitFor('go', { timeout: 60 }),
      attempt(
        () => waitFor('go', { timeout: 60 }),
        (error) => error.name,
      ),
    ];
    const events = [
      ['go', 1],
      ['stop', 9],
      ['go', 2],
    ] as const;
    expect(await early(t, waits, events)).toStrictEqual({ output: [1, 2, 'Timeout'] });
  }),
  clause(23, 'names are exact, and one name does not take from another', async (t) => {
    const waits = () => [
      attempt(
        () => waitFor('GO', { timeout: 1 }),
        (error) => error.name,
      ),
      waitFor('go', { timeout: 1 }),
      attempt(
        () => waitFor('g', { timeout: 1 }),
        (error) => error.name,
      ),
    ];
    expect(await early(t, waits, [['go', 'low']])).toStrictEqual({ output: ['Timeout', 'low', 'Timeout'] });
  }),
  clause(23, 'equal events are different events', async (t) => {
    const waits = () => [waitFor('go', { timeout: 60 }), waitFor('go', { timeout: 60 })];
    expect(
      await early(t, waits, [
        ['go', 'same'],
        ['go', 'same'],
      ]),
    ).toStrictEqual({ output: ['same', 'same'] });
  }),
  clause(23, 'a wait takes an event that comes later, however late', async (t) => {
    const room = await t.open(waitingLaw());
    await room.start('law', null, { id: 'r' });
    await room.event('r', 'go', 'first');
    await room.event('r', 'go', 'second');
    expect(await room.result('r')).toStrictEqual({ output: ['first', 'second'] });
  }),
  clause(23, 'an event goes to its own run', async (t) => {
    const room = await t.open(workflow('law', { run: () => waitFor('go') }));
    await room.start('law', null, { id: 'a' });
    await room.start('law', null, { id: 'b' });
    await room.event('b', 'go', 'for b');
    await room.event('a', 'go', 'for a');
    expect([await room.result('a'), await room.result('b')]).toStrictEqual([{ output: 'for a' }, { output: 'for b' }]);
  }),
  clause(23, 'waits in a repeat take one event each round', async (t) => {
    const held = gate();
    const body = block({ kind: 'waitFor', id: 'w', event: 'go', timeout: 60 });
    const until = { cmp: 'eq', a: ref('l.state'), b: lit('stop') };
    const looped = { kind: 'repeat', id: 'l', init: lit(0), max: 9, until, body };
    const hold = { kind: 'task', id: 'h', step: 'hold', input: lit(0) };
    const room = await t.open(law([hold, looped], { arr: [ref('l')] }, { hold: () => held.opened.then(() => null) }));
    await room.start('law', null, { id: 'r' });
    for (const data of ['a', 'b', 'stop', 'd']) await room.event('r', 'go', data);
    held.open();
    expect(await room.result('r')).toStrictEqual({ output: ['stop'] });
  }),
  clause(24, 'a wait that takes too long raises Timeout, which an attempt may catch by name', async (t) => {
    const whole = workflow('law', {
      run: () =>
        attempt(
          () =>
            attempt(
              () => waitFor('never', { timeout: 1 }),
              () => 'wrong',
              { on: ['timeout', 'TimeoutError'] },
            ),
          (error) => echo([error.name, error.data]),
          { on: ['Timeout'] },
        ),
    });
    expect(await t.output(whole)).toStrictEqual(['Timeout', null]);
    expect(await t.error(workflow('law', { run: () => waitFor('never', { timeout: 9 }) }))).toMatchObject({
      name: 'Timeout',
    });
  }),
  clause(24, 'an event that is there is taken, however late the wait begins', async (t) => {
    const waits = () => {
      sleep(100);
      return waitFor('go', { timeout: 1 });
    };
    expect(await early(t, waits, [['go', 'kept']])).toStrictEqual({ output: 'kept' });
  }),
  clause(39, 'a wait inside a fan-out is refused when the workflow is defined', async () => {
    const wait = block({ kind: 'waitFor', id: 'w', event: 'go' });
    const nested = block({ kind: 'attempt', id: 'a', body: wait, rescue: only(lit(0)) });
    for (const fan of [
      { kind: 'map', id: 'f', items: lit([1]), body: nested },
      { kind: 'parallel', id: 'f', branches: [nested] },
    ])
      expect(() => law([fan], lit(0))).toThrow('SK301');
    expect(() => law([fanless(nested)], lit(0))).not.toThrow(DefinitionError);
  }),
];

const fanless = (body: object): object => ({
  ...{ kind: 'repeat', id: 'l', init: lit(0), max: 1 },
  ...{ until: { truthy: lit(true) }, body },
});
