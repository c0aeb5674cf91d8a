import { globSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isLocalRoom, loadedBy } from '../support/loaded-by.ts';
import { ROOT } from '../support/server.ts';

/** What compares this room with the local one. */
const COMPARES = 'test/azure/apps.test.ts';

test('no suite of this room needs the local one, but that which compares them', async () => {
  const suites = globSync('test/azure/**/*.test.ts', { cwd: ROOT });
  const loaded = await loadedBy(suites.filter((suite) => suite !== COMPARES));
  expect(loaded).toContain('handlers/azure/workflow/orchestrate.ts');
  expect(loaded).toContain('test/conformance/semantics/semantics-suite.ts');
  expect(loaded.filter(isLocalRoom)).toEqual([]);
});
