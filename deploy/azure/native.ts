import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Packages with compiled code, which no bundle can hold. */
export const NATIVE: readonly string[] = ['sharp'];

/**
 * Copies packages, and what they depend on as far as it is installed, from `<from>/node_modules` to `<to>/node_modules`: a publish
 * from Linux on x64 takes along what Azure runs. Elsewhere `npm install --os=linux --cpu=x64` makes that folder.
 */
export async function copyNative(names: readonly string[], from: string, to: string): Promise<void> {
  await rm(join(to, 'node_modules'), { recursive: true, force: true });
  const rest = [...names];
  const seen = new Set<string>();
  for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const source = join(from, 'node_modules', name);
    const manifest = await manifestOf(source);
    // Optional ones are there for one system alone.
    if (manifest === undefined) continue;
    await cp(source, join(to, 'node_modules', name), { recursive: true });
    rest.push(...Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }));
  }
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

async function manifestOf(folder: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
