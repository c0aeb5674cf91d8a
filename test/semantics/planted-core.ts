import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Subject } from './fuzz.ts';

/** A change in one file of core. */
export interface Patch {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** What else it takes. */
  readonly also?: readonly [from: string, to: string];
}

const ROOT = resolve(import.meta.dirname, '../..');

/** A copy of core, and of the room over it, with the patch in place; inside the checkout, so that packages are found. */
export async function plantedCore(patch?: Patch): Promise<Subject & { remove(): void }> {
  mkdirSync(join(ROOT, '.skein'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.skein/planted-'));
  const filter = (path: string): boolean => !path.endsWith('tsconfig.json');
  cpSync(join(ROOT, 'core'), join(folder, 'core'), { recursive: true, filter });
  cpSync(join(ROOT, 'test/support/memory-room.ts'), join(folder, 'test/support/memory-room.ts'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    if (patch !== undefined) {
      const path = join(folder, 'core/workflow', patch.file);
      const changes = [[patch.from, patch.to] as const, ...(patch.also === undefined ? [] : [patch.also])];
      const source = changes.reduce(
        (text, [from, to]) => replaceOnce(text, from, to, patch.file),
        readFileSync(path, 'utf8'),
      );
      writeFileSync(path, source);
    }
    const load = (path: string): Promise<unknown> => import(/* @vite-ignore */ pathToFileURL(join(folder, path)).href);
    const core = (await load('core/index.ts')) as Pick<Subject, 'app' | 'fromIR'>;
    const room = (await load('test/support/memory-room.ts')) as Pick<Subject, 'open'>;
    return { app: core.app, fromIR: core.fromIR, open: room.open, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function replaceOnce(text: string, from: string, to: string, file: string): string {
  const places = text.split(from).length - 1;
  if (places !== 1) throw new Error(`the patch of ${file} fits ${places} places, not one: ${from}`);
  return text.replace(from, () => to);
}
