import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Installs every tool that a script `tools:<name>` installs; one that cannot be had keeps none of the others away. */
const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
};
const names = Object.keys(scripts).filter((name) => name.startsWith('tools:'));
const failed = names.filter((name) => {
  console.error(`npm run ${name}`);
  return spawnSync('npm', ['run', '--silent', name], { stdio: 'inherit' }).status !== 0;
});
if (failed.length > 0) {
  console.error(`could not be installed: ${failed.join(', ')}; the tests that need them will say SKIPPED`);
  process.exitCode = 1;
}
