import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app, fromIR } from '../../core/index.ts';
import type { compile } from '../../handlers/aws/workflow/index.ts';
import type { Subject } from '../semantics/fuzz.ts';
import type { Patch } from '../semantics/planted-core.ts';
import { ARNS, open } from './asl-room.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const COMPILER = 'handlers/aws/workflow';

/** A room over a copy of the compiler with the patch in place; inside the checkout, and with the same core. */
export async function plantedCompiler(patch?: Patch): Promise<Subject & { remove(): void }> {
  mkdirSync(join(ROOT, '.skein'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.skein/planted-asl-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    cpSync(join(ROOT, COMPILER), join(folder, COMPILER), { recursive: true });
    symlinkSync(join(ROOT, 'core'), join(folder, 'core'));
    if (patch !== undefined) plant(join(folder, COMPILER), patch);
    const url = pathToFileURL(join(folder, COMPILER, 'index.ts')).href;
    const planted = (await import(/* @vite-ignore */ url)) as { compile: typeof compile };
    const definitionOf = (workflow: Parameters<typeof compile>[0]) => planted.compile(workflow, ARNS).asl;
    return { app, fromIR: fromIR as Subject['fromIR'], open: (one) => open(one, { definitionOf }), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function plant(folder: string, { file, from, to }: Patch): void {
  const path = join(folder, file);
  const [before, after, ...more] = readFileSync(path, 'utf8').split(from);
  if (after === undefined || more.length > 0) throw new Error(`the patch of ${file} does not fit one place: ${from}`);
  writeFileSync(path, `${before}${to}${after}`);
}
