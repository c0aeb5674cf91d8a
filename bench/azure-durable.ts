import { createRequire } from 'node:module';
import { app, eq, type Json, map, repeat, step, workflow } from 'skein';
import { type Dev, open } from 'skein/azure/dev';
import { z } from 'zod';
import { median } from './rounds.ts';

/**
 * How the time of a map on Durable Functions grows with its items, and that of a loop with its rounds: the real library, whose
 * every episode reads the whole history of its instance again, over the engine of the host, in one process and in memory. The
 * time of one should stay the same. Beside them a plain fan-out on `@microsoft/durabletask-js`, the engine of the next version,
 * with its own backend in memory.
 */
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const SIZES = (process.env.SIZES ?? '100,200,400,800,1600').split(',').map(Number);

const increment = step('increment', { input: z.number(), run: (value) => value + 1 });
const wide = workflow('wide', {
  input: z.object({ items: z.array(z.number()) }),
  run: ({ items }) => map(items, (item) => increment(item)),
});

const deep = workflow('deep', {
  input: z.object({ rounds: z.number() }),
  run: ({ rounds }) => repeat(0, (n) => increment(n), { until: (n) => eq(n, rounds), max: 10_000 }),
});

/** What is used of the peer; no type of it is at hand, because only this bench installs it. */
interface DurableTask {
  readonly InMemoryOrchestrationBackend: new () => object;
  readonly TestOrchestrationWorker: new (
    backend: object,
  ) => {
    addNamedActivity(name: string, run: (context: object, input: number) => number): string;
    addNamedOrchestrator(name: string, run: (context: PeerContext, items: readonly number[]) => AsyncGenerator): string;
    start(): Promise<void>;
    stop(): Promise<void>;
  };
  readonly TestOrchestrationClient: new (
    backend: object,
  ) => {
    scheduleNewOrchestration(name: string, input: readonly number[]): Promise<string>;
    waitForOrchestrationCompletion(id: string, payloads: boolean, seconds: number): Promise<Ended | undefined>;
  };
  whenAll(tasks: readonly object[]): object;
}
interface PeerContext {
  callActivity(name: string, input: number): object;
}
interface Ended {
  readonly serializedOutput?: string;
}

interface Runner {
  readonly name: string;
  run(items: readonly number[]): Promise<unknown>;
  answer(items: readonly number[]): unknown;
  close(): Promise<void>;
}

async function ours(): Promise<Runner[]> {
  const room: Dev = await open(app('bench', { workflows: [wide, deep] }), { clock: 'virtual' });
  const result = async (name: string, input: Json): Promise<Json> => {
    const outcome = await room.result((await room.start(name, input)).id);
    if ('output' in outcome) return outcome.output;
    throw new Error(`${outcome.error.name}: ${outcome.error.message}`);
  };
  return [
    {
      name: 'skein, map',
      run: (items) => result('wide', { items: [...items] }),
      answer: incremented,
      close: () => room.close(),
    },
    {
      name: 'skein, loop',
      run: (items) => result('deep', { rounds: items.length }),
      answer: (items) => items.length,
      close: async () => undefined,
    },
  ];
}

function incremented(items: readonly number[]): number[] {
  return items.map((item) => item + 1);
}

async function theirs(): Promise<Runner> {
  const load = createRequire(new URL('../tools/azure-peer/', import.meta.url));
  const peer = load('@microsoft/durabletask-js') as DurableTask;
  const backend = new peer.InMemoryOrchestrationBackend();
  const worker = new peer.TestOrchestrationWorker(backend);
  const client = new peer.TestOrchestrationClient(backend);
  // Its worker has no option for a logger, and tells of each activity.
  for (const level of ['info', 'debug', 'warn'] as const) console[level] = () => undefined;
  worker.addNamedActivity('increment', (_, value) => value + 1);
  worker.addNamedOrchestrator('wide', async function* (context, items) {
    return yield peer.whenAll(items.map((item) => context.callActivity('increment', item)));
  });
  await worker.start();
  return {
    name: 'durabletask-js, fan-out',
    answer: incremented,
    async run(items) {
      const id = await client.scheduleNewOrchestration('wide', items);
      const ended = await client.waitForOrchestrationCompletion(id, true, 600);
      return JSON.parse(ended?.serializedOutput ?? 'null');
    },
    close: () => worker.stop(),
  };
}

/** Milliseconds that one map takes. */
async function timeOf({ run, answer }: Runner, size: number): Promise<number> {
  const items = Array.from({ length: size }, (_, i) => i);
  const started = performance.now();
  const output = await run(items);
  const took = performance.now() - started;
  if (JSON.stringify(output) !== JSON.stringify(answer(items))) throw new Error('a wrong answer');
  return took;
}

const runners = [...(await ours()), await theirs()];
const smallest = SIZES[0] ?? 100;
for (const runner of runners) {
  const times = new Map(SIZES.map((size): [number, number[]] => [size, []]));
  await timeOf(runner, smallest);
  for (let round = 1; round <= ROUNDS; round++)
    for (const [size, taken] of times) taken.push(await timeOf(runner, size));
  const first = median(times.get(smallest) ?? []) / smallest;
  for (const [size, taken] of times) {
    const each = median(taken) / size;
    const growth = (each / first).toFixed(2);
    console.log(`${runner.name} of ${size}: ${each.toFixed(3)} ms each, ${growth} of what it is for ${smallest}`);
  }
}
for (const runner of runners) await runner.close();
