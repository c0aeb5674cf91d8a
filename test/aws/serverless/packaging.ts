import { spawn } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
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

/** The only file of an archive, read by the archive's own directory. */
export function onlyFile(archive: Buffer): { readonly name: string; readonly bytes: Buffer } {
  const end = archive.length - 22;
  const start = archive.readUInt32LE(end + 16);
  if (archive.readUInt32LE(end) !== 0x06054b50 || archive.readUInt16LE(end + 10) !== 1)
    throw new Error('not an archive of one file');
  const packed = archive.readUInt32LE(start + 20);
  const local = archive.readUInt32LE(start + 42);
  const from = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const length = archive.readUInt16LE(start + 28);
  return {
    name: archive.toString('utf8', start + 46, start + 46 + length),
    bytes: inflateRawSync(archive.subarray(from, from + packed)),
  };
}
