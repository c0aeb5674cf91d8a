import { existsSync, globSync } from 'node:fs';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { ROOT } from '../support/server.ts';

async function loadedBy(entryPoints: string[]): Promise<readonly string[]> {
  const { metafile } = await build({
    ...{
      entryPoints,
      bundle: true,
      write: false,
      metafile: true,
      packages: 'external',
      outdir: 'out',
      logLevel: 'error',
    },
    ...{ platform: 'node', format: 'esm', absWorkingDir: ROOT, tsconfig: 'tsconfig.json', jsx: 'automatic' },
  });
  const named = Object.values(metafile.inputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  return [...Object.keys(metafile.inputs), ...named];
}

test('no suite of this room needs the local one', async () => {
  const suites = globSync('test/aws/**/*.test.ts', { cwd: ROOT });
  const loaded = await loadedBy(suites);
  expect(loaded).toContain('handlers/aws/workflow/compile.ts');
  expect(loaded).toContain('test/conformance/semantics/semantics-suite.ts');
  expect(loaded.filter((file) => /^(handlers|skein)\/local/.test(file))).toEqual([]);
});

const there = existsSync(`${ROOT}/handlers/local/dev.ts`);

test.skipIf(!there)(`it would be seen${there ? '' : ' (SKIPPED: handlers/local is not there)'}`, async () => {
  expect(await loadedBy(['test/semantics/local.test.ts'])).toContain('handlers/local/dev.ts');
});
