import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SetupError } from '../../../core/setup-error.ts';

export interface PackageOptions {
  /** The checkout, which has serverless.yml. */
  readonly root: string;
  /** The module whose default export is the app list. */
  readonly module: string;
  /** Where the template and the archives are put. */
  readonly folder: string;
}

/** All that packaging reads by its place beside serverless.yml. */
const SERVICE = { files: ['serverless.yml', 'package.json'], folders: ['deploy', 'node_modules'] } as const;

/**
 * What `serverless package` does, which needs neither an account nor a network.
 *
 * @throws SetupError (rejects) where this is no checkout, or what the apps declare cannot be deployed.
 */
export async function packageApps({ root, module, folder }: PackageOptions): Promise<void> {
  const program = join(root, 'node_modules/serverless/bin/serverless.js');
  for (const file of [join(root, 'serverless.yml'), program])
    if (!existsSync(file))
      throw new SetupError(
        `the room aws packages apps as serverless.yml says, in a checkout of skein: ${file} is not there`,
      );
  // It builds in .serverless where it is started, whatever --package says, and others may be building in the checkout.
  const service = mkdtempSync(join(tmpdir(), 'skein-package-'));
  try {
    for (const name of SERVICE.files) copyFileSync(join(root, name), join(service, name));
    for (const name of SERVICE.folders) symlinkSync(join(root, name), join(service, name));
    const child = spawn(
      process.execPath,
      [program, 'package', '--package', resolve(folder), '--param', `module=${resolve(module)}`],
      { cwd: service, env: { PATH: process.env.PATH, HOME: process.env.HOME }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new SetupError(`serverless package failed:\n${said.trim()}`);
  } finally {
    rmSync(service, { recursive: true, force: true });
  }
}
