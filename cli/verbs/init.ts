import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { checkedName } from '../../core/resources/name.ts';
import { EXIT } from '../exit.ts';
import { note, print, printJson } from '../output.ts';
import { ownPackage } from '../own-package.ts';
import { jsonOption } from '../settings.ts';
import { UsageError } from '../usage-error.ts';
import { verb } from '../verb.ts';

const TEMPLATE = new URL('../templates/app/', import.meta.url);
/** npm leaves a `.gitignore` out of a package. */
const RENAMED: Readonly<Record<string, string>> = { gitignore: '.gitignore' };

const DEPENDENCIES = { zod: '^4.0.0' } as const;
/** `node` is for those whose own is too old to run TypeScript. */
const DEV_DEPENDENCIES = { '@types/node': '^24.0.0', node: '^24.0.0', typescript: '^6.0.0' } as const;

export const init = verb({
  name: 'init',
  summary: 'make a folder with a small app',
  args: '<folder>',
  options: {
    name: { type: 'string', value: 'NAME', help: "the app's name (that of the folder)" },
    skein: { type: 'string', value: 'SPEC', help: 'what npm installs as skein (the one that runs this)' },
    json: { ...jsonOption, help: 'print JSON: name, folder, files, next' },
  },
  details: `Writes a workflow, two routes, their test and what npm and TypeScript need. The folder is made, or must be empty.
Nothing is downloaded: npm install does that.`,
  examples: ['skein init hello', 'skein init ./services/orders --name orders'],
  async run({ args: [folder = ''], values }) {
    const path = resolve(folder);
    const name = nameOf(values.name, path);
    const files = filesOf(name, values.skein ?? ownPackage().spec);
    makeEmpty(path, folder);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text, { flag: 'wx' });

    const next = [...(path === process.cwd() ? [] : [`cd ${quoted(relative(process.cwd(), path))}`]), ...COMMANDS];
    if (values.json) printJson({ name, folder: path, files: Object.keys(files), next });
    else {
      note(`${name} is made: ${Object.keys(files).join(', ')}\nnext:`);
      print(next.join('\n'));
    }
    return EXIT.ok;
  },
});

const COMMANDS = ['npm install', 'npm test', 'npm start'];

function nameOf(given: string | undefined, path: string): string {
  const name = given ?? basename(path);
  const field = given === undefined ? 'folder' : '--name';
  try {
    checkedName(`init: ${field}`, name);
  } catch (error) {
    const hint = given === undefined ? '; --name gives the app another name than its folder' : '';
    throw new UsageError(`${(error as Error).message}${hint}`, SEE);
  }
  if (['skein', ...Object.keys(DEPENDENCIES), ...Object.keys(DEV_DEPENDENCIES)].includes(name))
    throw new UsageError(`init: ${field}: '${name}' is a package that the app needs; npm wants another name`, SEE);
  return name;
}

const SEE = 'skein init --help';

function makeEmpty(path: string, given: string): void {
  let there: string[];
  try {
    mkdirSync(path, { recursive: true });
    there = readdirSync(path);
  } catch (error) {
    throw new UsageError(`init: folder: ${given} cannot be used: ${(error as Error).message}`);
  }
  if (there.length === 0) return;
  const some = there.slice(0, 5).join(', ');
  throw new UsageError(
    `init: folder: ${given} is not empty: it has ${some}${there.length > 5 ? ` and ${there.length - 5} more` : ''}`,
  );
}

function filesOf(name: string, skein: string): Readonly<Record<string, string>> {
  const texts = readdirSync(TEMPLATE)
    .sort()
    .map((file) => [RENAMED[file] ?? file, readFileSync(new URL(file, TEMPLATE), 'utf8').replaceAll('{{name}}', name)]);
  return { 'package.json': manifest(name, skein), ...Object.fromEntries(texts) };
}

function manifest(name: string, skein: string): string {
  const content = {
    name,
    private: true,
    type: 'module',
    engines: { node: '>=22.18' },
    scripts: { start: 'exec skein dev', test: 'node --test', check: 'tsc' },
    dependencies: { skein, ...DEPENDENCIES },
    devDependencies: DEV_DEPENDENCIES,
    // Newer versions of npm run the script of a package only where that is allowed; node's fetches the program.
    allowScripts: { node: true },
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
