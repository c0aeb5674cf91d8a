import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';
import { type Host, type HostOptions, openHost } from '../../../handlers/azure/host/index.ts';

/** An app of Azure's own kind: nothing in it knows of skein. */
export function appFolder(name: string): string {
  return fileURLToPath(new URL(`apps/${name}/`, import.meta.url));
}

export interface Logged {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const open: Host[] = [];

afterEach(async () => {
  for (const host of open.splice(0)) await host.close();
});

/** Opens an app in the host until the test is over. */
export async function openApp(
  folder: string,
  options: Omit<HostOptions, 'folder' | 'log'> = {},
): Promise<{ readonly host: Host; readonly log: readonly Logged[] }> {
  const log: Logged[] = [];
  const host = await openHost({ ...options, folder, log: (message, fields = {}) => log.push({ message, fields }) });
  open.push(host);
  return { host, log };
}
