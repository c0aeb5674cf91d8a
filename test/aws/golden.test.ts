import { describe, expect, test } from 'vitest';
import { app, type Json } from '../../core/index.ts';
import { open as openMemory } from '../support/memory-room.ts';
import { pretty } from '../workflow/pretty.ts';
import { PROGRAMS } from '../workflow/programs/index.ts';
import { compiled, open as openAsl } from './asl-room.ts';
import { complaints } from './validate.ts';

describe.each(
  PROGRAMS.map(([program, input]) => [program.name, program, input] as const),
)('%s', (name, program, input) => {
  test('its States Language is the golden', async () => {
    await expect(`${pretty(compiled(program) as unknown as Json)}\n`).toMatchFileSnapshot(`goldens/${name}.asl.json`);
  });
  test('it gives what it gives elsewhere, by the same calls', async () => {
    const outcomes = [];
    for (const open of [openMemory, openAsl]) {
      const room = await open(app('golden', { workflows: [program] }));
      await room.start(name, input, { id: 'r' });
      const outcome = await room.result('r');
      // A claim has a name of its own each time.
      const calls = (await room.calls('r')).map((call) => JSON.stringify(call).replace(/[0-9a-f-]{36}/g, 'claim'));
      outcomes.push([outcome, calls.sort()]);
      await room.close();
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[0]).toMatchObject([{ output: expect.anything() }, expect.anything()]);
  });
});

test('asl-validator has nothing against them', () => {
  expect(complaints(PROGRAMS.map(([program]) => compiled(program)))).toEqual([]);
});

test('asl-validator is asked: it has something against a definition that is wrong', () => {
  const [[program]] = PROGRAMS as [(typeof PROGRAMS)[number]];
  const { States, ...rest } = compiled(program);
  const [name] = Object.keys(States) as [string];
  const broken = { ...rest, States: { ...States, [name]: { ...(States[name] as object), Next: 'nowhere' } } };
  expect(complaints([broken])).not.toEqual([]);
});
