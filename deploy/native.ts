import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { SetupError } from '../core/setup-error.ts';

/** Packages with compiled code, which no bundle can hold. */
export const NATIVE: readonly string[] = ['sharp'];

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}

/**
 * Copies packages, and what they depend on as far as it is installed, from `<from>/node_modules` to `<to>/node_modules`: a publish
 * from Linux on x64 takes along what Azure runs. Elsewhere `npm install --os=linux --cpu=x64` makes that folder.
 */
export async function copyNative(names: readonly string[], from: string, to: string): Promise<void> {
  await rm(join(to, 'node_modules'), { recursive: true, force: true });
  for (const name of (await installed(names, from)).keys())
    await cp(join(from, 'node_modules', name), join(to, 'node_modules', name), { recursive: true });
}

/**
 * The files of packages, and of what they depend on, as they run on Linux with glibc on x64. Names are relative to `from`.
 *
 * @throws SetupError (rejects) where their compiled code for that is not installed.
 */
export async function nativeFiles(
  names: readonly string[],
  from: string,
): Promise<readonly { readonly name: string; readonly bytes: Uint8Array }[]> {
  const packages = [...(await installed(names, from))].filter(([, manifest]) => runsOnLinux(manifest));
  if (names.length > 0 && !packages.some(([, { cpu }]) => cpu !== undefined))
    throw new SetupError(
      `${names.join(', ')}: the compiled code for Linux on x64 is not in ${join(from, 'node_modules')}; install it with npm install --no-save --os=linux --cpu=x64 --libc=glibc ${names.join(' ')}`,
    );
  const files: { name: string; bytes: Uint8Array }[] = [];
  for (const [name] of packages) {
    const entries = await readdir(join(from, 'node_modules', name), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const file = join(entry.parentPath, entry.name);
      if (entry.isFile()) files.push({ name: relative(from, file), bytes: await readFile(file) });
    }
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function runsOnLinux({ os, cpu, libc }: Manifest): boolean {
  return (os?.includes('linux') ?? true) && (cpu?.includes('x64') ?? true) && (libc?.includes('glibc') ?? true);
}

async function installed(names: readonly string[], from: string): Promise<ReadonlyMap<string, Manifest>> {
  const found = new Map<string, Manifest>();
  const rest = [...names];
  for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
    if (found.has(name)) continue;
    const manifest = await manifestOf(join(from, 'node_modules', name));
    // Optional ones are there for one system alone.
    if (manifest === undefined) continue;
    found.set(name, manifest);
    rest.push(...Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }));
  }
  return found;
}

async function manifestOf(folder: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
