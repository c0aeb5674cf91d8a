import { DefinitionError } from '../core/index.ts';
import { SetupError } from '../core/setup-error.ts';
import { FolderInUse } from '../handlers/local/index.ts';
import { Refused, Unreachable } from './client.ts';
import { EXIT } from './exit.ts';
import { helpOf, overview } from './help.ts';
import { nearest } from './nearest.ts';
import { type Env, note, print } from './output.ts';
import { parse } from './parse.ts';
import { UsageError } from './usage-error.ts';
import type { Verb } from './verb.ts';
import { cancel } from './verbs/cancel.ts';
import { check } from './verbs/check.ts';
import { compile } from './verbs/compile.ts';
import { dev } from './verbs/dev.ts';
import { event } from './verbs/event.ts';
import { graph } from './verbs/graph.ts';
import { host } from './verbs/host.ts';
import { init } from './verbs/init.ts';
import { lab } from './verbs/lab.ts';
import { put } from './verbs/put.ts';
import { run } from './verbs/run.ts';
import { runs } from './verbs/runs.ts';
import { secret } from './verbs/secret.ts';
import { show } from './verbs/show.ts';

const VERBS: readonly Verb[] = [
  init,
  dev,
  run,
  runs,
  show,
  graph,
  check,
  compile,
  put,
  secret,
  event,
  cancel,
  lab,
  host,
];

/** Performs one command line and returns its exit code. */
export async function main(argv: readonly string[], env: Env): Promise<number> {
  try {
    return await perform(argv, env);
  } catch (error) {
    note(`skein: ${textOf(error)}`);
    return codeOf(error);
  }
}

async function perform(argv: readonly string[], env: Env): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || (name === 'help' && rest.length === 0)) {
    print(overview(VERBS));
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  const wanted = name === 'help' ? (rest[0] ?? '') : name;
  const verb = VERBS.find((one) => one.name === wanted);
  if (verb === undefined) throw new UsageError(unknownVerb(wanted), 'skein --help');
  if (name === 'help' || asksForHelp(rest)) {
    print(helpOf(verb));
    return EXIT.ok;
  }
  return verb.run({ ...parse(verb, rest), env });
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).some((one) => one === '--help' || one === '-h');
}

function unknownVerb(name: string): string {
  const hint = nearest(
    name,
    VERBS.map((verb) => verb.name),
  );
  return `unknown verb '${name}'${hint === undefined ? '' : `; did you mean '${hint}'?`}`;
}

function codeOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof SetupError) return EXIT.usage;
  if (error instanceof Unreachable || error instanceof FolderInUse) return EXIT.unreachable;
  if (error instanceof Refused) return error.status === 401 ? EXIT.unreachable : EXIT.failed;
  return error instanceof DefinitionError ? EXIT.failed : EXIT.defect;
}

/** What a person can act on is one line; only a defect shows its stack. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return codeOf(error) === EXIT.defect ? (error.stack ?? error.message) : error.message;
}
