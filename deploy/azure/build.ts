import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from '../../cli/usage-error.ts';

// Before anything of the apps, so that their modules may import .tsx.
await import('../../handlers/local/tsx.ts');
const { loadApps } = await import('../../cli/load-apps.ts');
const { fill } = await import('./fill.ts');

const USAGE = `npm run build:azure -- [--module FILE]

Makes azure-functions/ publishable: dist/functions.js with the apps in it, and infra/apps.json with what they declare.

  --module FILE   the module whose default export is an app or a list of apps; else skein.module of package.json`;

/** Errors whose message says what to change. */
const KNOWN = ['SetupError', 'UsageError', 'InvalidInput', 'DefinitionError'];
const ROOT = resolve(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'azure-functions');

try {
  await main();
} catch (error) {
  // Whoever deploys wants the sentence; of a defect the place too.
  console.error(error instanceof Error && !KNOWN.includes(error.name) ? error.stack : String(error));
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = readArgs();
  if (values.help) return void process.stdout.write(`${USAGE}\n`);
  const module = resolve(values.module ?? join(ROOT, await configured()));
  const apps = await loadApps(module);
  await fill(FOLDER, apps, module);
  const { size } = await stat(join(FOLDER, 'dist/functions.js'));
  process.stdout.write(
    `azure-functions/ has ${apps.map(({ name }) => name).join(', ')}: dist/functions.js, ${(size / 1e6).toFixed(1)} MB\n` +
      'publish it with: cd azure-functions && func azure functionapp publish <name>\n',
  );
}

function readArgs() {
  try {
    return parseArgs({ options: { module: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

async function configured(): Promise<string> {
  const { skein } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { skein: { module: string } };
  return skein.module;
}
