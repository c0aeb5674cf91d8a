import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabError } from '../lab-error.ts';
import type { Reaper } from '../reaper.ts';
import { type Fault, type Order, type Report, together } from './messages.ts';
import type { SlotRules } from './slots.ts';

/** The command that serves: it prints one line of JSON with `url` when it is ready. */
export type ServerCommand = (data: string) => readonly string[];

export interface InstanceOptions {
  readonly name: string;
  readonly command: ServerCommand;
  readonly rules: SlotRules;
  /** Whether requests get their slots in processes of functions that it starts. @default false */
  readonly slotsInFunctions?: boolean;
  /** Steps of workflows that may be told to fail. @default none */
  readonly failing?: readonly string[];
  readonly reaper: Reaper;
  /** Ends it while it boots. */
  readonly signal: AbortSignal;
  readonly onReport: (report: Report) => void;
  /** Called once when the process is gone, however it went. */
  readonly onExit: (instance: Instance, expected: boolean) => void;
  /** A folder that another instance left. @default a new one */
  readonly data?: string;
  /** 0 takes a free one. @default 0 */
  readonly port?: number;
  /** Longest time that it may take to be ready. @default 60 */
  readonly bootSeconds?: number;
}

export interface Instance {
  readonly name: string;
  readonly pid: number;
  readonly url: URL;
  readonly data: string;
  /** Milliseconds from the start of the process until it was ready. */
  readonly bootMs: number;
  /** Breaks it, besides what is broken already; what it gives mends that again. */
  order(fault: Fault): () => void;
  signal(signal: NodeJS.Signals): void;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Lets it end in peace, for so long. */
  stop(graceMs: number): Promise<void>;
}

/** Milliseconds that an instance may take to stop. */
export const STOP = 5000;

const HOOK = new URL('hook.ts', import.meta.url).href;

/**
 * Starts a server in a process of its own, and waits until it is ready.
 *
 * @throws LabError (rejects) with the last that it said, where it does not come up
 */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const { name, command, rules, slotsInFunctions = false, failing = [], reaper, signal, onReport, onExit } = options;
  signal.throwIfAborted();
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'skein-lab-'));
  reaper.folder(data);
  // What it leaves in a temporary folder goes with its data.
  const temporary = join(data, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const began = performance.now();
  const [file = '', ...args] = command(data);
  const child = spawn(process.execPath, ['--import', HOOK, file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...plainEnv(),
      TMPDIR: temporary,
      PORT: String(options.port ?? 0),
      LAB_INSTANCE: JSON.stringify({ ...rules, name, slotsInFunctions, failing }),
      LAB_DATA: data,
    },
  });
  const pid = child.pid ?? 0;
  reaper.process(pid);
  const children = new Set<number>();
  child.on('message', (message) => {
    const report = message as Report;
    if (report.kind === 'child') {
      if (report.gone) children.delete(report.pid);
      else children.add(report.pid);
      if (report.gone) reaper.ended(report.pid);
      else reaper.process(report.pid);
    }
    onReport(report);
  });
  // Its channel ends after the last message: only then all that it started is known.
  const gone = Promise.all([once(child, 'exit'), once(child, 'disconnect')]).then(() => {
    reaper.ended(pid);
    for (const one of children) {
      kill(one);
      reaper.ended(one);
    }
  });
  const url = await ready(child, options, gone);
  let expected = false;
  const faults = new Set<Fault>();
  const tell = (): void => void (child.connected && child.send({ fault: together(faults) } satisfies Order));
  const instance: Instance = {
    name,
    pid,
    url,
    data,
    bootMs: performance.now() - began,
    order(fault) {
      faults.add(fault);
      tell();
      return () => {
        faults.delete(fault);
        tell();
      };
    },
    signal: (wanted) => void child.kill(wanted),
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
      rmSync(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
  void gone.then(() => onExit(instance, expected));
  return instance;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** Settings of whoever runs the lab are not settings of what it measures. */
function plainEnv(): NodeJS.ProcessEnv {
  const { PATH, HOME, SystemRoot, JAVA, XDG_CACHE_HOME } = process.env;
  return {
    ...{ PATH, HOME },
    ...(SystemRoot && { SystemRoot }),
    // Where the rooms of clouds find their tools.
    ...(JAVA && { JAVA }),
    ...(XDG_CACHE_HOME && { XDG_CACHE_HOME }),
  };
}

function ready(
  child: ChildProcess,
  { name, signal, bootSeconds = 60 }: InstanceOptions,
  gone: Promise<void>,
): Promise<URL> {
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
      fail(`was not ready within ${bootSeconds} seconds`);
    }, bootSeconds * 1000);
    const stop = (): void => void child.kill('SIGKILL');
    signal.addEventListener('abort', stop);
    child.once('error', (error) => fail(`did not start (${error.message})`));
    void gone.then(() => {
      clearTimeout(late);
      signal.removeEventListener('abort', stop);
      fail(`ended with ${child.exitCode ?? child.signalCode}`);
    });
    child.stdout?.on('data', (chunk) => {
      text = `${text}${chunk}`;
      const end = text.indexOf('\n');
      if (end < 0) return;
      clearTimeout(late);
      signal.removeEventListener('abort', stop);
      try {
        resolve(new URL((JSON.parse(text.slice(0, end)) as { url: string }).url));
      } catch {
        fail(`printed no JSON with a url but ${JSON.stringify(text.slice(0, 200))}`);
      }
      text = '';
    });
  });
}
