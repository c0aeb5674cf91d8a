import { z } from 'zod';
import { large, step, workflow } from '../../../core/index.ts';
import type { DiagnosticCode } from '../../../core/workflow/diagnostic.ts';

/**
 * What somebody does by mistake inside `run`. The casts are the point: `types.test.ts` shows which of these `tsc` reports,
 * and this table shows what is left to find when it was not asked, or was told to be quiet.
 */
// biome-ignore lint/suspicious/noExplicitAny: a mistake that the compiler sees is not what is tested here
export type Anything = any;
export type Misuse = readonly [what: string, code: DiagnosticCode, run: (input: Anything) => unknown];

export const num = step('num', { input: z.number(), output: z.number(), run: (value) => value }) as Anything;
export const numToo = step('num', { input: z.number(), run: (value) => value + 1 }) as Anything;
export const big = step('big', { output: large(z.array(z.object({ key: z.string() }))), run: () => [] }) as Anything;
export const child = workflow('child', { run: (input: Anything) => num(input.n) });
