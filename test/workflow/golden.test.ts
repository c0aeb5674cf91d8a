import { describe, expect, test } from 'vitest';
import { check, type Json, mermaid, toIR } from '../../core/index.ts';
import { pretty } from './pretty.ts';
import { PROGRAMS } from './programs/index.ts';

describe.each(PROGRAMS.map(([program]) => [program.name, program] as const))('%s', (name, program) => {
  test('its IR is the golden', async () => {
    await expect(`${pretty(toIR(program) as unknown as Json)}\n`).toMatchFileSnapshot(`goldens/${name}.ir.json`);
  });
  test('its drawing is the golden', async () => {
    await expect(mermaid(program.ir)).toMatchFileSnapshot(`goldens/${name}.mmd`);
  });
  test('every room can run it', () => {
    expect(check(program.ir)).toEqual([]);
  });
});
