import { expect } from 'vitest';
import { attempt, type Json, map, step, waitFor, workflow } from '../../../core/index.ts';
import { block, type Clause, clause, gate, law, lit, numbered, ref, task } from './clause.ts';

const echo = step('echo', { run: (input) => input as Json });

/** A step that is at work until its room goes away. */
function lasting(at: (key: string) => void) {
  const begun = gate();
  const hold = step('hold', {
    run: (_, { signal, idempotencyKey }) => {
      at(idempotencyKey);
      begun.open();
      return new Promise<null>((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('interrupted'))),
      );
    },
  });
  return { begun: begun.opened, hold };
}

export const runClauses: readonly Clause[] = [
  clause(
    13,
    'a recorded result stands after a crash; what was not recorded is done again under the same key',
    async (t) => {
      const seen: unknown[] = [];
      const { begun, hold } = lasting((key) => seen.push(['first', key]));
      const again = step('hold', { run: (_, { idempotencyKey }) => void seen.push(['second', idempotencyKey]) });
      const define = (label: string, held: typeof hold | typeof again) => {
        const stamp = step('stamp', { run: () => `made by the ${label}` });
        const note = step('note', { run: (input) => void seen.push([label, input]) });
        return workflow('law', {
          run: () => {
            const made = map([0, 1], () => stamp(null));
            held(null);
            note(made);
            return made;
          },
        });
      };
      const room = await t.open(define('first', hold));
      await room.start('law', null, { id: 'r' });
      await begun;
      const next = await t.reopen(room, define('second', again));
      const made = ['made by the first', 'made by the first'];
      expect(await next.result('r')).toStrictEqual({ output: made });
      expect(seen).toStrictEqual([
        ['first', 'r/hold'],
        ['second', 'r/hold'],
        ['second', made],
      ]);
    },
    'reopen',
  ),
  clause(
    30,
    'a run finishes on the definition that it started with',
    async (t) => {
      const begun = gate();
      const begin = step('begin', { run: () => begun.open() });
      const define = (text: string) =>
        workflow('law', {
          run: () => {
            begin(null);
            return [waitFor('go'), echo(text)];
          },
        });
      const room = await t.open(define('as it was'));
      await room.start('law', null, { id: 'r' });
      await begun.opened;
      const next = await t.reopen(room, define('as it is now'));
      await next.event('r', 'go', 1);
      expect(await next.result('r')).toStrictEqual({ output: [1, 'as it was'] });
      await next.start('law', null, { id: 'new' });
      await next.event('new', 'go', 2);
      expect(await next.result('new')).toStrictEqual({ output: [2, 'as it is now'] });
    },
    'reopen',
  ),
  clause(
    23,
    'an event that came before a crash is consumed once after it',
    async (t) => {
      const begun = gate();
      const begin = step('begin', { run: () => begun.open() });
      const whole = workflow('law', {
        run: () => {
          begin(null);
          return [
            waitFor('go'),
            waitFor('other'),
            attempt(
              () => waitFor('go', { timeout: 5 }),
              (error) => error.name,
            ),
          ];
        },
      });
      const room = await t.open(whole);
      await room.start('law', null, { id: 'r' });
      await room.event('r', 'go', 'once');
      await begun.opened;
      const next = await t.reopen(room, whole);
      await next.event('r', 'other', 0);
      expect(await next.result('r')).toStrictEqual({ output: ['once', 0, 'Timeout'] });
    },
    'reopen',
  ),
  clause(27, 'cancelling is final: nothing starts after it, and the error is Cancelled', async (t) => {
    const [held, begun] = [gate(), gate()];
    const hold = step('hold', {
      run: async () => {
        begun.open();
        await held.opened;
        return 'held';
      },
    });
    const room = await t.open(
      workflow('law', {
        run: () => {
          const done = hold(null);
          return map([1, 2], (n) => echo([n, done]));
        },
      }),
    );
    await room.start('law', null, { id: 'r' });
    await begun.opened;
    await room.cancel('r');
    held.open();
    expect(await room.result('r')).toMatchObject({ error: { name: 'Cancelled' } });
    expect((await room.calls('r')).map((call) => call.step)).toStrictEqual(['hold']);
  }),
  clause(27, 'a step at work when its run is cancelled is told, and no attempt brings the run back', async (t) => {
    const [begun, told] = [gate(), gate()];
    const working = (_: Json, { signal }: { signal: AbortSignal }): Promise<never> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          told.open();
          reject(new Error('interrupted'));
        });
        begun.open();
      });
    const mapped = { kind: 'map', id: 'm', items: lit([1]), body: block(task('t', 'working')) };
    const caught = { kind: 'attempt', id: 'a', body: block(mapped), rescue: block(task('e', 'echo')) };
    const room = await t.open(law([caught], ref('a'), { working }));
    await room.start('law', null, { id: 'r' });
    await begun.opened;
    await room.cancel('r');
    await told.opened;
    expect(await room.result('r')).toMatchObject({ error: { name: 'Cancelled' } });
    expect((await room.calls('r')).map((call) => call.step)).toStrictEqual(['working']);
  }),
  clause(27, 'a run that waits or sleeps is cancelled; cancelling again changes nothing', async (t) => {
    const room = await t.open(workflow('law', { run: () => waitFor('never') }));
    await room.start('law', null, { id: 'r' });
    await room.cancel('r');
    await room.cancel('r');
    expect(await room.result('r')).toMatchObject({ error: { name: 'Cancelled' } });
    await room.start('law', null, { id: 'r' });
    expect(await room.result('r')).toMatchObject({ error: { name: 'Cancelled' } });
  }),
  clause(27, 'a run that is over can neither be cancelled nor sent an event', async (t) => {
    const { room } = await t.run(workflow('law', { run: () => 'over' }));
    await expect(room.cancel('r')).rejects.toMatchObject({ name: 'Conflict' });
    await expect(room.event('r', 'go', 1)).rejects.toMatchObject({ name: 'Conflict' });
    expect(await room.result('r')).toStrictEqual({ output: 'over' });
  }),
  clause(28, 'the same id and input start once', async (t) => {
    const room = await t.open(workflow('law', { run: (input) => echo(input) }));
    await Promise.all([1, 2, 3].map(() => room.start('law', { n: 0 }, { id: 'r' })));
    expect(await room.result('r')).toStrictEqual({ output: { n: 0 } });
    await room.start('law', { n: 0 }, { id: 'r' });
    expect(await room.result('r')).toStrictEqual({ output: { n: 0 } });
    expect(await room.calls('r')).toHaveLength(1);
  }),
  clause(28, 'the same id and another input, or another workflow, is a Conflict', async (t) => {
    const other = workflow('other', { run: () => 'other' });
    const room = await t.open(workflow('law', { run: (input) => echo(input) }), other);
    await room.start('law', { n: 0 }, { id: 'r' });
    for (const input of [{ n: 1 }, { n: '0' }, { n: null }, {}, 0, null] as Json[])
      await expect(room.start('law', input, { id: 'r' })).rejects.toMatchObject({ name: 'Conflict' });
    await expect(room.start('other', { n: 0 }, { id: 'r' })).rejects.toMatchObject({ name: 'Conflict' });
    expect(await room.result('r')).toStrictEqual({ output: { n: 0 } });
    await expect(room.start('law', 1, { id: 'r' })).rejects.toMatchObject({ name: 'Conflict' });
  }),
  clause(28, 'falsy inputs are inputs', async (t) => {
    const room = await t.open(law([], ref('in')));
    for (const input of [0, '', false, null, []] as Json[]) {
      const id = `r-${JSON.stringify(input).replace(/\W/g, '')}${typeof input}`;
      await room.start('law', input, { id });
      expect(await room.result(id)).toStrictEqual({ output: input });
    }
  }),
  clause(37, 'an input that is no JSON starts nothing; undefined is null', async (t) => {
    const room = await t.open(law([], ref('in')));
    for (const input of [1n, { n: [1n] }])
      await expect(room.start('law', input as never, { id: 'r' })).rejects.toMatchObject({
        name: 'InvalidInput',
        data: { field: 'input' },
      });
    await room.start('law', undefined as never, { id: 'r' });
    expect(await room.result('r')).toStrictEqual({ output: null });
  }),
  clause(37, 'an input that the workflow refuses starts nothing, and the id stays free', async (t) => {
    const room = await t.open(workflow('law', { input: numbered, run: (input) => echo(input as never) }));
    const refused = room.start('law', { n: 'x' }, { id: 'r' });
    await expect(refused).rejects.toMatchObject({ name: 'InvalidInput', message: expect.stringContaining('n') });
    await room.start('law', { n: 1 }, { id: 'r' });
    expect(await room.result('r')).toEqual({ output: { by: 'default', n: 1 } });
  }),
];
