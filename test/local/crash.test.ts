import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Dev, open } from 'skein/local/dev';
import { describe, expect, test, vi } from 'vitest';
import flows from './programs/flows.ts';

/** SKEIN_CRASH=all tries every action on every flow, which takes some minutes. */
const ALL = process.env.SKEIN_CRASH === 'all';
const FLOWS = ['fan', 'nested', 'retried', 'timed', 'saga', 'rescued', 'awaited', 'parent', 'looped'];
const all = (...actions: string[]): Plan[] => FLOWS.map((flow) => [flow, ...actions]);
type Plan = readonly [flow: string, ...actions: string[]];
const KILLED: readonly Plan[] = ALL
  ? all('kill', 'torn')
  : [
      ['fan', 'kill'],
      ['saga', 'kill'],
      ['rescued', 'kill'],
      ['awaited', 'kill', 'torn'],
    ];
const REFUSED: readonly Plan[] = ALL
  ? all('EIO', 'ENOSPC', 'duplicate')
  : [
      ['rescued', 'EIO', 'duplicate'],
      ['awaited', 'ENOSPC'],
    ];

const PROGRAM = new URL('./programs/crash.ts', import.meta.url).pathname;

interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** Runs one flow in a process of its own over a folder, with a fault or without. */
async function play(flow: string, folder: string, fault?: string): Promise<Ended> {
  const env = { ...process.env, EFFECTS: effectsOf(folder), ...(fault && { SKEIN_TEST: '1', SKEIN_FAULT: fault }) };
  const child = spawn(process.execPath, [PROGRAM, flow, folder], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, errors, [, signal]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { signal: signal as NodeJS.Signals | null, lines: out.trim().split('\n'), errors };
}

function effectsOf(folder: string): string {
  return `${folder}.effects`;
}

/** How often each step call had its effect. */
async function effects(folder: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  if (!existsSync(effectsOf(folder))) return counts;
  for (const key of (await readFile(effectsOf(folder), 'utf8')).trim().split('\n'))
    counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** The step calls that a folder has a result of: they may not run again. */
async function finished(folder: string): Promise<Set<string>> {
  if (!existsSync(join(folder, 'journal.db'))) return new Set();
  const { DatabaseSync } = await import('node:sqlite');
  const db = new DatabaseSync(join(folder, 'journal.db'));
  const rows = db.prepare("SELECT key FROM entry WHERE kind = 'done'").all() as { key: string }[];
  db.close();
  return new Set(rows.map(({ key }) => key));
}

async function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const parent = await mkdtemp(join(tmpdir(), 'skein-crash-'));
  try {
    return await body(join(parent, 'data'));
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

/** Two at a time: as many as the machine has cores at least. */
async function eachOf(count: number, body: (k: number) => Promise<void>): Promise<void> {
  let next = 1;
  const lane = async (): Promise<void> => {
    while (next <= count) await body(next++);
  };
  await Promise.all([lane(), lane()]);
}

async function expected(flow: string): Promise<{ outcome: string; operations: number }> {
  return inFolder(async (folder) => {
    const { lines, errors } = await play(flow, folder, 'journal:count');
    expect(errors).toBe('');
    return { outcome: lines[0] ?? '', operations: Number(/^journal operations: (\d+)$/.exec(lines[1] ?? '')?.[1]) };
  });
}

describe.concurrent('a process that dies at any write goes on where it was', () => {
  for (const [flow, ...actions] of KILLED)
    for (const action of actions)
      test(`${flow}: ${action} at each write`, { timeout: 900_000 }, async () => {
        const { outcome, operations } = await expected(flow);
        expect(operations).toBeGreaterThan(5);
        await eachOf(operations, (k) =>
          inFolder(async (folder) => {
            const first = await play(flow, folder, `journal:${k}:${action}`);
            expect(first.signal, `k = ${k}: ${first.errors}`).toBe('SIGKILL');
            const before = await effects(folder);
            const done = await finished(folder);
            const second = await play(flow, folder);
            expect({ k, outcome: second.lines[0], errors: second.errors }).toEqual({ k, outcome, errors: '' });
            const after = await effects(folder);
            for (const slot of done) {
              const key = slot.slice(0, slot.lastIndexOf('#'));
              // A flaky step's earlier attempts are done too; only the last one's key count may have grown since.
              if (flow !== 'retried') expect(after.get(key), `k = ${k}: ${key} ran again`).toBe(before.get(key));
            }
          }),
        );
      });
});

describe.concurrent('a write that fails or comes twice changes nothing', () => {
  for (const [flow, ...actions] of REFUSED)
    for (const action of actions)
      test(`${flow}: ${action} at each write`, { timeout: 900_000 }, async () => {
        const { outcome, operations } = await expected(flow);
        await eachOf(operations, (k) =>
          inFolder(async (folder) => {
            const first = await play(flow, folder, `journal:${k}:${action}`);
            // Refused at its start the run is not there, and whoever started it was told so.
            const lines = first.errors.includes('Unavailable') ? (await play(flow, folder)).lines : first.lines;
            expect({ k, outcome: lines[0] }).toEqual({ k, outcome });
          }),
        );
      });
});

async function doneSteps(room: Dev, id: string): Promise<number> {
  const headers = { authorization: `Bearer ${room.adminKey}` };
  const response = await room.fetch(new Request(`http://room/runs/${id}/steps`, { headers }));
  const { items } = (await response.json()) as { items: { status: string }[] };
  return items.filter((item) => item.status === 'succeeded').length;
}

test('a damaged journal fails its run, names the entry and spares the others', async () => {
  await inFolder(async (folder) => {
    const { DatabaseSync } = await import('node:sqlite');
    const room = await open(flows, { data: folder });
    await room.start('timed', null, { id: 'damaged' });
    await room.start('timed', null, { id: 'whole' });
    for (const id of ['damaged', 'whole']) await vi.waitUntil(async () => (await doneSteps(room, id)) === 1);
    await room.close();
    const db = new DatabaseSync(join(folder, 'journal.db'));
    db.exec("UPDATE entry SET body = replace(body, 'before', 'beyond') WHERE run = 1 AND kind = 'done'");
    db.close();
    const again = await open(flows, { data: folder, clock: 'virtual' });
    expect(await again.result('damaged')).toMatchObject({
      error: { name: 'JournalCorrupt', message: expect.stringMatching(/run damaged: .*entry \d/) },
    });
    expect(await again.result('whole')).toEqual({ output: ['before', 'after'] });
    await again.close();
  });
});
