import { app, bucket, secret, step, workflow } from 'skein';
import { z } from 'zod';

/** An app whose steps, one in the room's thread and one in another, sign URLs and say in the log what they must not. */
const parcels = bucket('parcels');
const password = secret('mail-password');

const output = z.object({ upload: z.string(), download: z.string(), length: z.number() });

interface Clients {
  readonly parcels: {
    uploadUrl(key: string, options: { contentType: string }): Promise<{ url: string }>;
    downloadUrl(key: string): Promise<{ url: string }>;
  };
  readonly password: { get(): Promise<string> };
  log(message: string, fields: { readonly note: string; readonly password: string }): void;
}

async function deliver(key: string, { parcels, password, log }: Clients): Promise<z.infer<typeof output>> {
  const value = await password.get();
  log(`logging in with ${value}`, { note: `smtp://me:${encodeURIComponent(value)}@mail`, password: 'short' });
  const upload = await parcels.uploadUrl(key, { contentType: 'text/plain' });
  const download = await parcels.downloadUrl(key);
  return { upload: upload.url, download: download.url, length: value.length };
}

const uses = { parcels: parcels.all, password: password.read };
const near = step('near', { input: z.string(), output, uses, run: deliver });
const far = step('far', { input: z.string(), output, uses, isolate: 'cpu', run: deliver });

export default app('courier', {
  module: import.meta.url,
  workflows: [
    workflow('near', { input: z.string(), run: (key) => near(key) }),
    workflow('far', { input: z.string(), run: (key) => far(key) }),
  ],
});
