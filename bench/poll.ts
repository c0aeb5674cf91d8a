import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A spike of votes over loopback HTTP, each on disk before it is answered; the sender shares the machine. */
const VOTES = Number(process.env.VOTES ?? 10_000);
const CONNECTIONS = Number(process.env.CONNECTIONS ?? 100);

const root = fileURLToPath(new URL('..', import.meta.url));
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

function send(url: URL, body: unknown, method = 'POST'): Promise<{ status: number; text: string; retryAfter: number }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text, retryAfter: Number(response.headers['retry-after'] ?? 0) }),
      );
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Does the work `VOTES` times, on all connections; seconds. */
async function crowd(work: (index: number) => Promise<void>): Promise<number> {
  const from = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < VOTES) await work(next++);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  return (performance.now() - from) / 1_000;
}

const folder = await mkdtemp(join(tmpdir(), 'skein-bench-'));
const child: ChildProcess = spawn(
  process.execPath,
  ['cli/skein.ts', 'dev', '--json', '--module', join(root, 'apps/poll/index.ts')],
  { cwd: root, env: { ...process.env, PORT: '0', SKEIN_DATA: folder }, stdio: ['ignore', 'pipe', 'inherit'] },
);
try {
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  const { text } = await send(new URL('/polls', url), { title: 'Spike?', options: ['A', 'B', 'C'] });
  const { id } = JSON.parse(text) as { id: string };
  const voters: string[] = [];
  const became = await crowd(async () => {
    voters.push((JSON.parse((await send(new URL(`/polls/${id}/voters`, url), {})).text) as { voter: string }).voter);
  });
  let cast = 0;
  let most = 0;
  let refused = 0;
  const times: number[] = [];
  const place = new URL(`/polls/${id}/votes`, url);
  const watch = setInterval(async () => {
    const { votes } = JSON.parse((await send(new URL(`/polls/${id}`, url), undefined, 'GET')).text) as {
      votes: number;
    };
    most = Math.max(most, votes - cast);
  }, 100);
  const seconds = await crowd(async (index) => {
    const body = { voter: voters[index], option: 1 + (index % 3) };
    cast++;
    const from = performance.now();
    for (;;) {
      const { status, retryAfter } = await send(place, body);
      if (status === 200) break;
      if (status !== 429) throw new Error(`a vote was answered with ${status}`);
      refused++;
      await sleep(retryAfter * 1_000 * (1 + Math.random() / 2));
    }
    times.push(performance.now() - from);
  });
  clearInterval(watch);
  // What is shown may be a second old.
  await sleep(1_100);
  const shown = JSON.parse((await send(new URL(`/polls/${id}`, url), undefined, 'GET')).text) as { votes: number };
  if (shown.votes !== VOTES || most > 0) throw new Error(`${VOTES} votes were cast, and ${shown.votes} are shown`);
  times.sort((a, b) => a - b);
  const at = (part: number) => `${times[Math.floor(part * (times.length - 1))]!.toFixed(0)} ms`;
  console.log(`${VOTES} voters in ${became.toFixed(1)} s`);
  console.log(
    `${VOTES} votes in ${seconds.toFixed(1)} s, ${(VOTES / seconds).toFixed(0)}/s, p50 ${at(0.5)}, p99 ${at(0.99)}, ${refused} refused for a while; exactly ${shown.votes} shown`,
  );
} finally {
  const gone = once(child, 'exit');
  child.kill();
  await gone;
  agent.destroy();
  await rm(folder, { recursive: true, force: true });
}
