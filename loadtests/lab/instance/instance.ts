import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabError } from '../lab-error.ts';
import type { Reaper } from '../reaper.ts';
import type { Fault, Report } from './messages.ts';
import type { SlotRules } from './slots.ts';

/** The command that serves: it prints one line of JSON with `url` when it is ready. */
export type ServerCommand = (data: string) => readonly string[];

export interface InstanceOptions {
  readonly name: string;
  readonly command: ServerCommand;
  readonly rules: SlotRules;
  readonly reaper: Reaper;
  readonly onReport: (report: Report, instance: Instance) => void;
  /** Called once when the process is gone, however it went. */
  readonly onExit: (instance: Instance, expected: boolean) => void;
  /** A folder that another instance left. @default a new one */
  readonly data?: string;
  /** 0 takes a free one. @default 0 */
  readonly port?: number;
}

export interface Instance {
  readonly name: string;
  readonly pid: number;
  readonly url: URL;
  readonly data: string;
  /** Milliseconds from the start of the process until it was ready. */
  readonly bootMs: number;
  order(fault: Fault): void;
  signal(signal: NodeJS.Signals): void;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Lets it end in peace, for so long. */
  stop(graceMs: number): Promise<void>;
}

/** Longest time in milliseconds that a server may take to be ready. */
const BOOT = 60_000;

const HOOK = new URL('hook.ts', import.meta.url).href;

/** Starts a server in a process of its own, and waits until it is ready. */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const { name, command, rules, reaper, onReport, onExit, port = 0 } = options;
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'skein-lab-'));
  reaper.folder(data);
  const began = performance.now();
  const [file = '', ...args] = command(data);
  const child = spawn(process.execPath, ['--import', HOOK, file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...plainEnv(), PORT: String(port), LAB_INSTANCE: JSON.stringify({ ...rules, name }), LAB_DATA: data },
  });
  reaper.process(child.pid ?? 0);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await ready(child, name, gone);
  let expected = false;
  const instance: Instance = {
    name,
    pid: child.pid ?? 0,
    url,
    data,
    bootMs: performance.now() - began,
    order: (fault) => void (child.connected && child.send({ fault })),
    signal: (signal) => void child.kill(signal),
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
    async stop(graceMs) {
      expected = true;
      child.kill('SIGTERM');
      // A process that is paused hears no SIGTERM.
      const late = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await gone;
      clearTimeout(late);
      rmSync(data, { recursive: true, force: true });
    },
  };
  child.on('message', (report) => onReport(report as Report, instance));
  void gone.then(() => {
    reaper.ended(instance.pid);
    onExit(instance, expected);
  });
  return instance;
}

/** Settings of whoever runs the lab are not settings of what it measures. */
function plainEnv(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, SystemRoot } = process.env;
  return { PATH, HOME, ...(TMPDIR && { TMPDIR }), ...(SystemRoot && { SystemRoot }) };
}

function ready(child: ChildProcess, name: string, gone: Promise<void>): Promise<URL> {
  let errors = '';
  let text = '';
  child.stderr?.on('data', (chunk) => {
    errors = `${errors}${chunk}`.slice(-4000);
  });
  return new Promise((resolve, reject) => {
    const fail = (why: string): void =>
      reject(new LabError(`instance ${name} ${why}: ${errors.trim() || 'it said nothing'}`));
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`was not ready within ${BOOT / 1000} seconds`);
    }, BOOT);
    child.once('error', (error) => fail(`did not start (${error.message})`));
    void gone.then(() => {
      clearTimeout(late);
      fail(`ended with ${child.exitCode ?? child.signalCode}`);
    });
    child.stdout?.on('data', (chunk) => {
      text = `${text}${chunk}`;
      const end = text.indexOf('\n');
      if (end < 0) return;
      clearTimeout(late);
      try {
        resolve(new URL((JSON.parse(text.slice(0, end)) as { url: string }).url));
      } catch {
        fail(`printed no JSON with a url but ${JSON.stringify(text.slice(0, 200))}`);
      }
      text = '';
    });
  });
}
