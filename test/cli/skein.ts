import { spawn } from 'node:child_process';
import { childEnv, type Exit, follow, ROOT } from '../support/server.ts';

export interface SkeinOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input. @default empty */
  readonly input?: string;
  readonly cwd?: string;
}

/** Runs the command line in a process of its own, to its end. */
export function skein(args: readonly string[], { env, input = '', cwd = ROOT }: SkeinOptions = {}): Promise<Exit> {
  const child = spawn(process.execPath, [`${ROOT}/cli/skein.ts`, ...args], { cwd, env: childEnv(env) });
  child.stdin.end(input);
  return follow(child);
}
