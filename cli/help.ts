import { EXIT, EXIT_HELP } from './exit.ts';
import { table } from './output.ts';
import type { Verb } from './verb.ts';

/** What `skein --help` prints. */
export function overview(verbs: readonly Verb[]): string {
  return [
    'skein: cloud functions and durable workflows, written once',
    section(
      'Usage',
      verbs.map((verb) => [['skein', verb.name, verb.args].filter((one) => one !== '').join(' '), verb.summary]),
    ),
    section('Settings (environment)', [
      ['PORT', 'port of dev (3000); --port wins'],
      ['SKEIN_DATA', 'the data folder (.skein); --data wins'],
      ['SKEIN_ADMIN_KEY', 'the admin key; else the one that is kept in <data>/admin.key'],
      ['SKEIN_SECRET_<NAME>', 'the value of a secret; else the one that skein secret set'],
      ['SKEIN_REQUEST_SECONDS', 'seconds that a request may take to arrive (300)'],
      ['SKEIN_TRUSTED_PROXIES', 'addresses and networks whose X-Forwarded-For is believed (none)'],
    ]),
    exitCodes(),
    'skein <verb> --help says more, with examples.',
  ].join('\n\n');
}

/** What `skein <verb> --help` prints. */
export function helpOf(verb: Verb): string {
  const options = Object.entries(verb.options).map(([name, { value, help }]) => [
    value === undefined ? `--${name}` : `--${name} ${value}`,
    help,
  ]);
  return [
    `skein ${verb.name}: ${verb.summary}`,
    section('Usage', [[['skein', verb.name, verb.args, '[options]'].filter((one) => one !== '').join(' ')]]),
    ...(verb.details === undefined ? [] : [verb.details]),
    section('Options', [...options, ['--help', 'this text']]),
    section(
      'Examples',
      verb.examples.map((example) => [example]),
    ),
    exitCodes(),
  ].join('\n\n');
}

function exitCodes(): string {
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[];
  return section(
    'Exit codes',
    names.map((name) => [String(EXIT[name]), EXIT_HELP[name]]),
  );
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  return `${title}:\n${table(rows).replace(/^/gm, '  ')}`;
}
