import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';

/**
 * Hello over HTTP: skein beside bare Hono on the same server, and raw `node:http`.
 *
 * The three take turns, so that a busy machine slows all of them alike; what is reported is the median of the rounds' ratios.
 */
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

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

const folder = await mkdtemp(join(tmpdir(), 'skein-bench-'));
const servers = {
  hono: await launch('hono', folder),
  skein: await launch('skein', folder),
  raw: await launch('raw', folder),
};
const rates: Record<Kind, number[]> = { hono: [], skein: [], raw: [] };
try {
  for (const kind of KINDS) await measure(servers[kind].url);
  for (let round = 1; round <= ROUNDS; round++) {
    // The order turns with the round: whoever goes first after a pause has a small advantage.
    for (let turn = 0; turn < KINDS.length; turn++) {
      const kind = KINDS[(round + turn) % KINDS.length] as Kind;
      rates[kind].push(await measure(servers[kind].url));
    }
    console.log(`round ${round}: ${KINDS.map((kind) => `${kind} ${rates[kind].at(-1)?.toFixed(0)}/s`).join('  ')}`);
  }
} finally {
  for (const { child } of Object.values(servers)) child.kill();
  await rm(folder, { recursive: true, force: true });
}
const ratio = (to: Kind): string =>
  `${(median(rates.skein.map((rate, i) => rate / (rates[to][i] ?? 1))) * 100).toFixed(1)} %`;
console.log(`skein: ${ratio('hono')} of bare Hono, ${ratio('raw')} of node:http (medians of ${ROUNDS} rounds)`);
