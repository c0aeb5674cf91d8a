import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll } from 'vitest';
import type { RunStatus, Started } from '../../core/index.ts';

export const ROOT = resolve(import.meta.dirname, '../..');
export const OFFICE = join(ROOT, 'test/support/apps/office.ts');
export const SLOW = join(ROOT, 'test/support/apps/slow.ts');
export const POST = join(ROOT, 'test/support/apps/post.ts');

const children = new Set<ChildProcess>();
const folders = new Set<string>();

afterAll(async () => {
  for (const child of children) {
    const gone = exitOf(child);
    child.kill('SIGKILL');
    await gone;
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is there until the tests of the file are over. */
export function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'skein-test-'));
  folders.add(folder);
  return folder;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ServerOptions {
  /** @default the apps of the checkout */
  readonly module?: string;
  /** @default a temporary folder */
  readonly data?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export type Server = Awaited<ReturnType<typeof startServer>>;

/** What a child process of a test sees: no setting of whoever runs the tests. */
export function childEnv(env: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env };
}

/** Starts `skein dev` on a free port and waits for the line that it prints when it is ready. */
export async function startServer({ module, data = temporary(), env = {} }: ServerOptions = {}) {
  const args = ['cli/skein.ts', 'dev', '--json', ...(module === undefined ? [] : ['--module', module])];
  const child = spawn(process.execPath, args, { cwd: ROOT, env: childEnv({ PORT: '0', SKEIN_DATA: data, ...env }) });
  const ended = follow(child);
  const line = await firstLine(child, ended);
  const { url, pid } = JSON.parse(line) as { url: string; pid: number };
  const key = env.SKEIN_ADMIN_KEY ?? readFileSync(join(data, 'admin.key'), 'utf8').trim();

  const request = (path: string, init: RequestInit = {}): Promise<Response> => fetch(new URL(path, url), init);
  const withKey = (path: string, init: RequestInit = {}): Promise<Response> =>
    request(path, { ...init, headers: { ...init.headers, authorization: `Bearer ${key}` } });
  const json = async <T>(path: string, init?: RequestInit): Promise<T> => (await withKey(path, init)).json() as T;

  return {
    url,
    pid,
    key,
    data,
    /** Without the key. */
    request,
    withKey,
    json,
    start: (workflow: string, input: unknown, id?: string): Promise<Started> =>
      json(`/workflows/${workflow}/runs`, {
        method: 'POST',
        body: JSON.stringify(input),
        ...(id !== undefined && { headers: { 'idempotency-key': id } }),
      }),
    /** The status of a run when it is over. */
    over: (id: string): Promise<RunStatus> =>
      until(async () => {
        const status = await json<RunStatus>(`/runs/${id}`);
        return status.status === 'running' ? undefined : status;
      }),
    /** What it logs, for a test that stops reading. */
    stderr: child.stderr,
    /** Resolves when the process is gone, however it went. */
    ended,
    signal: (signal: NodeJS.Signals): boolean => child.kill(signal),
    /** Ends it as a power cut would. */
    kill(): Promise<Exit> {
      child.kill('SIGKILL');
      return ended;
    },
    stop(): Promise<Exit> {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** What `probe` finds, as soon as it finds something. */
export async function until<T>(probe: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    await sleep(10);
  }
}

/** Collects what a child writes until it ends; it is killed with the tests of the file at the latest. */
export function follow(child: ChildProcess): Promise<Exit> {
  children.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => (stdout += chunk));
  child.stderr?.on('data', (chunk) => (stderr += chunk));
  return new Promise((resolved) => {
    child.on('close', (code, signal) => {
      children.delete(child);
      resolved({ code, signal, stdout, stderr });
    });
  });
}

async function firstLine(child: ChildProcess, ended: Promise<Exit>): Promise<string> {
  let text = '';
  const line = new Promise<string>((found) => {
    child.stdout?.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) found(text.slice(0, text.indexOf('\n')));
    });
  });
  const early = ended.then(({ stderr, code }) => {
    if (!text.includes('\n')) throw new Error(`the server ended with ${code}: ${stderr}`);
    return text;
  });
  return Promise.race([line, early]);
}

function exitOf(child: ChildProcess): Promise<unknown> {
  return child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((gone) => child.once('close', gone));
}
