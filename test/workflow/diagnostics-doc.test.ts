import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import * as skein from '../../core/index.ts';
import { DefinitionError, DIAGNOSTICS, type DiagnosticCode } from '../../core/workflow/diagnostic.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/diagnostics.md'), 'utf8');
const entries = page.split(/^### /m).slice(1);
const codes = Object.keys(DIAGNOSTICS) as DiagnosticCode[];

const run = (): null => null;
const scope = {
  ...skein,
  z,
  greet: skein.step('greet', { run }),
  store: skein.step('store', { run }),
  readAll: skein.step('readAll', { output: skein.large(z.array(z.string())), run: () => [] }),
};

/** The examples are JavaScript as a reader would type it, and this page is the project's own. */
function perform(example: string): void {
  new Function(...Object.keys(scope), `'use strict';\n${example}`)(...Object.values(scope));
}

test('every diagnostic is described once, in order', () => {
  expect(entries.map((entry) => entry.slice(0, 5))).toEqual(codes);
});

test.each(codes)('%s', (code) => {
  const entry = entries.find((one) => one.startsWith(code)) ?? '';
  const { title, remedy } = DIAGNOSTICS[code];
  expect(entry).toMatch(new RegExp(`^${code}: `));
  expect(entry.split('\n')[0]).toBe(`${code}: ${title}`);
  expect(entry).toContain(`Remedy: ${remedy}.`);
  const [bad, instead, ...more] = [...entry.matchAll(/```js\n(.*?)```/gs)].map((match) => match[1] as string);
  expect(more).toEqual([]);
  expect(() => perform(bad ?? '')).toThrow(expect.objectContaining({ code, name: 'DefinitionError' }));
  expect(entry.includes('Instead:')).toBe(instead !== undefined);
  if (instead !== undefined) perform(instead);
});

test('a message names the place and the remedy', () => {
  const error = (() => {
    try {
      return perform("workflow('example', { run: (input) => map(input.list, (one) => one + 1) });");
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toBeInstanceOf(DefinitionError);
  expect(String(error)).toContain(
    `SK101 in workflow 'example' > map: ${DIAGNOSTICS.SK101.title}: Ref map.item. A Ref has no value`,
  );
});
