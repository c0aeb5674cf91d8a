import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { inRounds, percent } from './rounds.ts';

/** Hello over HTTP: skein beside bare Hono on the same server, and raw `node:http`. */
const ROUNDS = Number(process.env.ROUNDS ?? 7);
const SECONDS = Number(process.env.SECONDS ?? 3);
const CONNECTIONS = 50;
const KINDS = ['hono', 'skein', 'raw'] as const;
type Kind = (typeof KINDS)[number];

interface Result {
  readonly requests: { readonly average: number };
  readonly non2xx: number;
  readonly errors: number;
}
type Autocannon = (options: { url: string; connections: number; duration: number }) => Promise<Result>;
const autocannon = createRequire(new URL('../tools/autocannon/', import.meta.url))('autocannon') as Autocannon;

async function launch(kind: Kind, folder: string): Promise<{ child: ChildProcess; url: string }> {
  const script = new URL('./servers.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, kind, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, url };
}

async function measure(url: string): Promise<number> {
  const { requests, non2xx, errors } = await autocannon({ url, connections: CONNECTIONS, duration: SECONDS });
  if (non2xx + errors > 0) throw new Error(`${url}: ${non2xx} answers other than 2xx, ${errors} errors`);
  return requests.average;
}

const folder = await mkdtemp(join(tmpdir(), 'skein-bench-'));
const servers = {
  hono: await launch('hono', folder),
  skein: await launch('skein', folder),
  raw: await launch('raw', folder),
};
try {
  for (const kind of KINDS) await measure(servers[kind].url);
  const rates = await inRounds(KINDS, ROUNDS, (kind) => measure(servers[kind].url));
  const [hono, raw] = (['hono', 'raw'] as const).map((peer) => percent(rates, 'skein', peer));
  console.log(`skein: ${hono} of bare Hono, ${raw} of node:http (medians of ${ROUNDS} rounds)`);
} finally {
  for (const { child } of Object.values(servers)) child.kill();
  await rm(folder, { recursive: true, force: true });
}
