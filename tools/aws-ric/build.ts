import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasRic, RIC_FOLDER } from '../../handlers/aws/sandbox/ric.ts';

/**
 * Builds AWS's runtime interface client, which is C++ and takes a minute or two, into a folder of the user's cache, where all
 * checkouts find it. Node's headers are taken from beside a node that has them, else node-gyp downloads them.
 */
const HERE = import.meta.dirname;
/** What the build calls: it has curl and AWS's C++ runtime in it, and packs neither ready-made. */
const WANTED = ['cmake', 'g++', 'make', 'python3', 'xz'];

if (hasRic()) {
  console.error(`it is there: ${RIC_FOLDER}`);
  process.exit(0);
}
const missing = WANTED.filter((program) => !isThere(program));
if (missing.length > 0) {
  console.error(`the build needs ${missing.join(', ')}: apt-get install cmake g++ make python3 xz-utils`);
  process.exit(1);
}
mkdirSync(dirname(RIC_FOLDER), { recursive: true });
const work = mkdtempSync(`${RIC_FOLDER}-`);
try {
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(HERE, file), join(work, file));
  const nodedir = process.env.npm_config_nodedir ?? headers();
  console.error(`building into ${RIC_FOLDER}: a minute or two`);
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--foreground-scripts'], {
    cwd: work,
    env: { ...process.env, ...(nodedir !== undefined && { npm_config_nodedir: nodedir }) },
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 256 * 1024 * 1024,
  });
  rmSync(RIC_FOLDER, { recursive: true, force: true });
  renameSync(work, RIC_FOLDER);
} catch (error) {
  const { stdout = '', stderr = '' } = error as { stdout?: Buffer | string; stderr?: Buffer | string };
  console.error(
    `${String(stdout).slice(-4000)}\n${String(stderr).slice(-4000)}\nthe build failed: ${String(error).split('\n')[0]}`,
  );
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

function isThere(program: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)));
}

/** The build is for Node-API: headers of whichever version do. */
function headers(): string | undefined {
  return [join(dirname(process.execPath), '..'), '/usr', '/usr/local'].find((folder) =>
    existsSync(join(folder, 'include/node/node_api.h')),
  );
}
