import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { integrate } from '../../core/numeric/index.ts';
import { fixture } from '../support/fixtures.ts';

interface Row {
  readonly id: string;
  readonly f: string;
  readonly a: number | string;
  readonly b: number | string;
  readonly exact: string;
  readonly relTol: string;
  readonly difficulty: string;
  readonly breakpoints?: readonly number[];
}

const file = fixture('quadrature/table.json');
const title =
  file === undefined
    ? 'SKIPPED table of integrals: set SKEIN_FIXTURES to the folder with quadrature/'
    : 'table of integrals';

describe.skipIf(file === undefined)(title, () => {
  const rows: Row[] = file === undefined ? [] : JSON.parse(readFileSync(file, 'utf8'));

  test('has rows', () => expect(rows.length).toBeGreaterThan(0));

  test.each(rows)('$id ($difficulty) converges to the right value', (row) => check(row, row.breakpoints ?? []));

  test.each(rows.filter(({ breakpoints }) => breakpoints !== undefined))('$id without its break points', (row) =>
    check(row, []));
});

function check(row: Row, breakpoints: readonly number[]): void {
  const relTol = Number(row.relTol);
  const exact = Number(row.exact);
  const found = integrate(compiled(row.f), evaluated(row.a), evaluated(row.b), { relTol, breakpoints });
  const off = Math.abs(found.value - exact);
  expect(found).toMatchObject({ converged: true });
  expect(off).toBeLessThanOrEqual(Math.max(relTol * Math.abs(exact), 1e-15));
  expect(off).toBeLessThanOrEqual(found.error + Number.EPSILON * Math.abs(exact));
}

/** The table writes its integrands in JavaScript; it is a test's own data, not a user's input. */
function compiled(expression: string): (x: number) => number {
  return new Function('x', `return ${expression}`) as (x: number) => number;
}

function evaluated(bound: number | string): number {
  return Number(new Function(`return ${bound}`)());
}
