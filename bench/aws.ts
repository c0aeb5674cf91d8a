import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readApps } from '../deploy/aws/read-apps.ts';
import { packageApps } from '../handlers/aws/sandbox/package-apps.ts';
import { openSandboxRoom, type SandboxRoom } from '../handlers/aws/sandbox/room.ts';
import { openSandbox } from '../handlers/aws/sandbox/sandbox.ts';
import { KEY } from './aws-asking.ts';
import { maps } from './aws-map.ts';
import { USES } from './aws-uses.ts';
import { median } from './rounds.ts';

/**
 * What the packaged functions weigh, how long one takes to come up beside a bare handler in the same sandbox, how fast a map goes
 * through sandboxes, and what one use of each app asks of AWS: the counts that docs/aws.md multiplies with prices.
 */
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const RUNS = Number(process.env.RUNS ?? 20);
const ROOT = resolve(import.meta.dirname, '..');
const { apps } = await readApps(join(ROOT, 'apps/index.ts'));
const work = mkdtempSync(join(tmpdir(), 'skein-bench-'));
const BARE = 'export const handler = async () => ({ statusCode: 200, body: "hello" });\n';

/** Bytes of each archive, and milliseconds from the start of a process to its first question for an event. */
async function weights(): Promise<void> {
  const folder = await packed('apps/index.ts', 'apps');
  const room = await openSandboxRoom(apps, { folder, adminKey: KEY });
  const bare = join(work, 'bare');
  writeFileSync(`${bare}.mjs`, BARE);
  try {
    const starts = async (spec: Parameters<typeof openSandbox>[0]): Promise<number> => {
      const found: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const sandbox = await openSandbox(spec, () => undefined);
        found.push(sandbox.coldStart);
        await sandbox.kill();
      }
      return median(found);
    };
    const [first] = [...room.pools.values()];
    if (first === undefined) throw new Error('nothing was packaged');
    const base = await starts({ ...first.spec, folder: work, handler: 'bare.handler' });
    console.log(`a bare handler comes up in ${base.toFixed(0)} ms (medians of ${ROUNDS})`);
    for (const { archive, arn, name } of room.cloud.deployment.functions) {
      const pool = room.pools.get(arn);
      if (pool === undefined) continue;
      const took = await starts(pool.spec);
      const size = statSync(join(folder, archive)).size;
      console.log(
        `${name}: ${(size / 1024).toFixed(0)} KiB, up in ${took.toFixed(0)} ms, ${(took / base).toFixed(1)} of bare`,
      );
    }
  } finally {
    await room.close();
  }
}

/** Requests, transitions and milliseconds of one use of each app, on average over RUNS. */
async function uses(): Promise<void> {
  const room = await openSandboxRoom(apps, {
    folder: join(work, 'apps'),
    adminKey: KEY,
    secrets: new Map([['poll-key', 'k'.repeat(43)]]),
  });
  try {
    for (const [name, use] of Object.entries(USES)) {
      await use(room, -1);
      const before = counted(room);
      for (let index = 0; index < RUNS; index++) await use(room, index);
      // What is told when a run is over.
      await new Promise((later) => setTimeout(later, 2_000));
      const after = counted(room);
      const each = Object.keys(after).flatMap((what) => {
        const count = ((after[what] ?? 0) - (before[what] ?? 0)) / RUNS;
        return count === 0 ? [] : [`${what} ${count.toFixed(2)}`];
      });
      console.log(`${name}, each of ${RUNS}: ${each.join(', ')}`);
    }
  } finally {
    await room.close();
  }
}

async function packed(module: string, name: string): Promise<string> {
  const folder = join(work, name);
  await packageApps({ root: ROOT, module: join(ROOT, module), folder });
  return folder;
}

/** What was asked of AWS since the room was opened. */
function counted(room: SandboxRoom): Record<string, number> {
  const found: Record<string, number> = { transitions: 0, calls: 0, milliseconds: 0 };
  const add = (what: string, count: number): void => {
    found[what] = (found[what] ?? 0) + count;
  };
  for (const { transitions } of room.cloud.states.executions.values()) add('transitions', transitions);
  for (const [arn, { count, milliseconds }] of room.calls) {
    add('calls', count);
    add('milliseconds', milliseconds);
    // What has compiled code runs on x86_64, which costs more.
    const processor = room.pools.get(arn)?.spec.name.includes('photo') ? 'x86_64' : 'arm64';
    add(`GB-milliseconds ${processor}`, (milliseconds * (room.pools.get(arn)?.spec.memory ?? 0)) / 1024);
  }
  for (const { requests } of room.cloud.gate.roles.values()) for (const [action, count] of requests) add(action, count);
  return found;
}

try {
  await weights();
  await maps(await packed('test/aws/sandbox/lab.ts', 'lab'));
  await uses();
} finally {
  rmSync(work, { recursive: true, force: true });
}
