import { existsSync, globSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isLocalRoom, loadedBy } from '../support/loaded-by.ts';
import { ROOT } from '../support/server.ts';

test('no suite of this room needs the local one', async () => {
  const suites = globSync('test/aws/**/*.test.ts', { cwd: ROOT });
  const loaded = await loadedBy(suites);
  expect(loaded).toContain('handlers/aws/workflow/compile.ts');
  expect(loaded).toContain('test/conformance/semantics/semantics-suite.ts');
  expect(loaded.filter(isLocalRoom)).toEqual([]);
});

const there = existsSync(`${ROOT}/handlers/local/dev.ts`);

test.skipIf(!there)(`it would be seen${there ? '' : ' (SKIPPED: handlers/local is not there)'}`, async () => {
  expect(await loadedBy(['test/semantics/local.test.ts'])).toContain('handlers/local/dev.ts');
});
