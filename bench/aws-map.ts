import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { inLanes } from '../core/in-lanes.ts';
import type { Pool } from '../handlers/aws/sandbox/pool.ts';
import { openSandboxRoom, type SandboxRoom } from '../handlers/aws/sandbox/room.ts';
import { type Functions, startExecution } from '../handlers/aws/sandbox/states/execution.ts';
import { realTime } from '../handlers/aws/sandbox/states/step-functions.ts';
import lab from '../test/aws/sandbox/lab.ts';
import { KEY, run } from './aws-asking.ts';

const MAP = 5_000;

/**
 * Items a second of a map whose steps do next to nothing, with all sandboxes up, and what two parts of it reach by themselves: the
 * sandboxes, called without a state machine, and the state machine, whose steps are then in this process. With CPU time, as a
 * machine with few cores shares it between this process and the sandboxes.
 *
 * @param folder the package of the test's `lab`.
 */
export async function maps(folder: string): Promise<void> {
  for (const most of [40, 2 * availableParallelism()]) {
    const room = await openSandboxRoom([lab], { folder, adminKey: KEY, most });
    try {
      console.log(`at most ${most} sandboxes of a function`);
      const map = (count: number) => run(room, 'lab', 'squares', { items: numbers(count) });
      await map(1_000);
      const pools = [...room.pools.values()];
      await measured('map', 1_000, pools, map);
      await measured('map', MAP, pools, map);
      const pool = pools.find(({ spec }) => spec.name.includes('square'));
      if (pool === undefined) throw new Error('the lab has no function for its step square');
      await measured('sandboxes alone', MAP, pools, () =>
        inLanes([...Array(MAP).keys()], most, async (index) => {
          const key = `alone/square/${index}`;
          await pool.invoke({ run: 'alone', key, attempt: 1, step: 'square', input: index % 100 });
        }),
      );
      await measured('state machine alone', MAP, [], () => aloneIn(room));
    } finally {
      await room.close();
    }
  }
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index % 100);
}

/** The same machine over steps of this process. */
async function aloneIn(room: SandboxRoom): Promise<void> {
  const found = room.cloud.deployment.machines.find(({ arn }) => arn.endsWith('squares'));
  if (found === undefined) throw new Error('the lab has no machine for its workflow squares');
  const functions: Functions = {
    step: async (_, { input }) => (input as number) ** 2,
    control: async () => null,
  };
  const started = { arn: 'alone', machine: found.arn, name: 'alone', definition: found.definition, functions };
  const input = JSON.stringify({ input: { items: numbers(MAP) } });
  await new Promise<void>((ended, failed) =>
    startExecution({
      ...{ ...started, input, time: realTime },
      onEnd: ({ status, ending }) => (status === 'SUCCEEDED' ? ended() : failed(new Error(JSON.stringify(ending)))),
    }),
  );
}

async function measured(
  what: string,
  count: number,
  pools: readonly Pool[],
  work: (count: number) => Promise<unknown>,
): Promise<void> {
  const there = cpuOf(pools);
  const here = process.cpuUsage();
  const started = performance.now();
  await work(count);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(here);
  const own = `${((user + system) / count).toFixed(0)} µs here`;
  const beside =
    pools.length === 0 ? '' : `, ${(((cpuOf(pools) - there) * 1e6) / count).toFixed(0)} µs in the sandboxes`;
  console.log(
    `  ${what}, ${count} items: ${seconds.toFixed(2)} s, ${(count / seconds).toFixed(0)} items/s; CPU time of one: ${own}${beside}`,
  );
}

/** Ticks of a second in what Linux tells of a process. */
const TICKS = 100;

/** Seconds of CPU time that the sandboxes have had; not a number where the system has no `/proc`. */
function cpuOf(pools: readonly Pool[]): number {
  let ticks = 0;
  for (const pid of pools.flatMap(({ pids }) => pids)) {
    try {
      // The name, in parentheses, may have spaces. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      return Number.NaN;
    }
  }
  return ticks / TICKS;
}
