import { spawn } from 'node:child_process';

export interface Ended {
  readonly signal: NodeJS.Signals | null;
  /** What the program told of each operation that it began, and how many of them it was told are done. */
  readonly begun: readonly string[];
  readonly done: number;
}

export interface CrashOptions {
  readonly args: readonly string[];
  /** @default none beside this process's own */
  readonly env?: Readonly<Record<string, string>>;
  /** The operation at whose beginning the program is killed from outside. @default none */
  readonly killAt?: number | undefined;
}

/**
 * Runs a program that writes the lines `begin <which>` and `done` of each operation, until it ends or is killed.
 *
 * @throws what it wrote to standard error where it ended by itself, and not well.
 */
export function runCrashing(program: string, { args, env = {}, killAt }: CrashOptions): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env } });
  let told = '';
  let errors = '';
  child.stderr.on('data', (text) => (errors += text));
  child.stdout.on('data', (text) => {
    told += text;
    if (killAt !== undefined && told.split('begin ').length > killAt) child.kill('SIGKILL');
  });
  const lines = (word: string) => told.split('\n').filter((line) => line.startsWith(word));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code !== null && code !== 0) reject(new Error(errors));
      else resolve({ signal, begun: lines('begin ').map((line) => line.slice(6)), done: lines('done').length });
    });
  });
}
