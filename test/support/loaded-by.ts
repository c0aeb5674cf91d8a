import { build } from 'esbuild';
import { ROOT } from './server.ts';

/** The files that these load, and what they name of packages; of this one, by paths from the root. */
export async function loadedBy(entryPoints: string[]): Promise<readonly string[]> {
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

export function isLocalRoom(file: string): boolean {
  return /^(handlers|skein)\/local/.test(file);
}
