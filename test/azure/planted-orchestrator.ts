import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app, fromIR } from '../../core/index.ts';
import type { openInProcess } from '../../handlers/azure/workflow/in-process.ts';
import type { Subject } from '../semantics/fuzz.ts';
import type { Patch } from '../semantics/planted-core.ts';
import { open } from './durable-room.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const WORKFLOW = 'handlers/azure/workflow';

/** A room over a copy of the orchestrator with the patch in place; inside the checkout, and with the same core and host. */
export async function plantedOrchestrator(patch?: Patch): Promise<Subject & { remove(): void }> {
  mkdirSync(join(ROOT, '.skein'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.skein/planted-durable-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    cpSync(join(ROOT, WORKFLOW), join(folder, WORKFLOW), { recursive: true });
    for (const same of ['core', 'handlers/azure/host']) symlinkSync(join(ROOT, same), join(folder, same));
    if (patch !== undefined) plant(join(folder, WORKFLOW), patch);
    const url = pathToFileURL(join(folder, WORKFLOW, 'in-process.ts')).href;
    const planted = (await import(/* @vite-ignore */ url)) as { openInProcess: typeof openInProcess };
    const openWith = planted.openInProcess;
    return { app, fromIR: fromIR as Subject['fromIR'], open: (one) => open(one, { openWith }), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function plant(folder: string, { file, from, to, also }: Patch): void {
  const path = join(folder, file);
  const changes = [[from, to] as const, ...(also === undefined ? [] : [also])];
  let source = readFileSync(path, 'utf8');
  for (const [was, is] of changes) {
    const [before, after, ...more] = source.split(was);
    if (after === undefined || more.length > 0) throw new Error(`the patch of ${file} does not fit one place: ${was}`);
    source = `${before}${is}${after}`;
  }
  writeFileSync(path, source);
}
