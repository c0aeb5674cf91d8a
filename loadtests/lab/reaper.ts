import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Ends what the lab started, and removes its folders, even where the lab itself is killed. */
export interface Reaper {
  process(pid: number): void;
  ended(pid: number): void;
  folder(path: string): void;
  /** Everything that is still registered goes now. */
  close(): Promise<void>;
}

/**
 * A process of its own, in a session of its own: it waits for the end of its standard input, which comes however the lab ends, and then
 * kills by SIGKILL, the one signal that a process hears which SIGSTOP has paused.
 */
export function startReaper(): Reaper {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'reap.ts')], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.stdin.on('error', () => undefined);
  child.unref();
  const say = (line: string): void => void child.stdin.write(`${line}\n`);
  return {
    process: (pid) => say(`+${pid}`),
    ended: (pid) => say(`-${pid}`),
    folder: (path) => say(`/${path}`),
    async close() {
      child.ref();
      child.stdin.end();
      await gone;
    },
  };
}
