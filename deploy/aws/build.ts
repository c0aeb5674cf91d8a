import { text } from 'node:stream/consumers';
import { bundle } from './bundle.ts';
import { describe } from './describe.ts';
import { readApps } from './read-apps.ts';
import { checkedSettings } from './settings.ts';

/** Errors whose message says what to change. */
const KNOWN = ['SetupError', 'UsageError', 'InvalidInput', 'DefinitionError'];

const verb = process.argv[2];
const input = JSON.parse(await text(process.stdin)) as Record<string, unknown>;
try {
  process.stdout.write(`${JSON.stringify(await perform())}\n`);
} catch (error) {
  // Whoever deploys wants the sentence; of a defect the place too.
  console.error(error instanceof Error && !KNOWN.includes(error.name) ? error.stack : String(error));
  process.exitCode = 1;
}

async function perform(): Promise<unknown> {
  if (verb === 'describe') {
    const settings = checkedSettings(input);
    const { apps, nativeOf } = await readApps(settings.module);
    return describe(apps, settings, nativeOf);
  }
  if (verb === 'bundle') {
    const { module, folder } = input as { module: string; folder: string };
    return bundle(await readApps(module), module, folder);
  }
  throw new Error(`build: '${verb}' is neither describe nor bundle`);
}
