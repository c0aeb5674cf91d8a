import { spawn } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { follow, ROOT, temporary } from '../../support/server.ts';
import type { Resources } from './template.ts';

/** What a checkout has beside what was installed. */
const CHECKOUT = ['serverless.yml', 'package.json', 'tsconfig.json', 'core', 'handlers', 'apps', 'cli', 'deploy'];

export interface Packaged {
  /** The copy of the checkout. */
  readonly root: string;
  readonly folder: string;
  readonly template: { readonly Resources: Resources; readonly Outputs: object };
}

/** A copy of the checkout, in which nothing was built. */
export function copyCheckout(): string {
  const root = temporary();
  for (const name of CHECKOUT) cpSync(join(ROOT, name), join(root, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  return root;
}

/** Runs `serverless package` without credentials, and with a network that leads nowhere. */
export async function packageIn(root: string, args: readonly string[] = []): Promise<string> {
  const dead = 'http://127.0.0.1:9';
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: temporary(),
    ...{ HTTP_PROXY: dead, HTTPS_PROXY: dead, http_proxy: dead, https_proxy: dead },
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const child = spawn(join(root, 'node_modules/.bin/serverless'), ['package', ...args], { cwd: root, env });
  const { code, stdout, stderr } = await follow(child);
  if (code !== 0) throw new Error(`serverless package: ${code}\n${stdout}${stderr}`);
  return stdout + stderr;
}

export function readPackage(root: string, folder: string): Packaged {
  const file = join(root, folder, 'cloudformation-template-update-stack.json');
  return { root, folder: join(root, folder), template: JSON.parse(readFileSync(file, 'utf8')) as Packaged['template'] };
}
