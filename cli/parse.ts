import { parseArgs } from 'node:util';
import { nearest } from './nearest.ts';
import { UsageError } from './usage-error.ts';
import type { Options, Values, Verb } from './verb.ts';

/** @throws UsageError naming what is wrong, with the nearest option where one is unknown. */
export function parse(verb: Verb, args: readonly string[]): { args: readonly string[]; values: Values<Options> } {
  const see = `skein ${verb.name} --help`;
  const { values, positionals } = parsed(verb, args, see);
  const wanted = verb.args.split(' ').filter((one) => one !== '');
  const least = wanted.filter((one) => one.startsWith('<')).length;
  const most = verb.args.includes('...') ? Number.POSITIVE_INFINITY : wanted.length;
  if (positionals.length < least) throw new UsageError(`${verb.name}: ${wanted[positionals.length]} is missing`, see);
  if (positionals.length > most)
    throw new UsageError(`${verb.name}: '${positionals[most]}' is one argument too many`, see);
  return { args: positionals, values: values as Values<Options> };
}

function parsed(verb: Verb, args: readonly string[], see: string) {
  const options = Object.fromEntries(Object.entries(verb.options).map(([name, { type }]) => [name, { type }]));
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    if (code?.startsWith('ERR_PARSE_ARGS') !== true) throw error;
    const unknown = /^Unknown option '(-+[^']*)'/.exec(message)?.[1];
    if (unknown === undefined) throw new UsageError(`${verb.name}: ${message.split('\n')[0]}`, see);
    const hint = nearest(unknown.replace(/^-+/, ''), [...Object.keys(verb.options), 'help']);
    throw new UsageError(
      `${verb.name}: unknown option '${unknown}'${hint === undefined ? '' : `; did you mean '--${hint}'?`}`,
      see,
    );
  }
}
