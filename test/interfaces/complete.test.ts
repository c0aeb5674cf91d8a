import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/server.ts';

test('every line of docs/interfaces.md has a test that bears its name', () => {
  const folder = join(ROOT, 'test');
  const tests = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  const doc = readFileSync(join(ROOT, 'docs/interfaces.md'), 'utf8');
  const lines = [...new Set(doc.match(/\b[SMAPFC]\d+\b/g))];
  expect(lines.length).toBeGreaterThan(20);
  expect(lines.filter((line) => !new RegExp(`['\`]${line}: `).test(tests))).toEqual([]);
});
