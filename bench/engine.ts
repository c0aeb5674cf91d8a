import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { app, type Json, map, step, workflow } from 'skein';
import { type Dev, open } from 'skein/local/dev';
import { z } from 'zod';
import { inRounds, median, percent } from './rounds.ts';

/**
 * The local engine beside what one would write by hand: a plain loop that computes the same steps and commits each result to
 * SQLite, with the same durability (WAL, `synchronous=FULL`). It can go on after a crash, and does nothing else that an engine does.
 */
const ROUNDS = Number(process.env.ROUNDS ?? 7);
const KINDS = ['skein', 'loop'] as const;

const increment = step('increment', { input: z.number(), run: (value) => value + 1 });
const wide = workflow('wide', {
  input: z.object({ items: z.array(z.number()) }),
  run: ({ items }) => map(items, (item) => increment(item)),
});
const STEPS = 5;
const chain = workflow('chain', {
  input: z.number(),
  run: (input) => increment(increment(increment(increment(increment(input))))),
});

interface Scenario {
  readonly title: string;
  readonly unit: string;
  /** How many units. */
  readonly count: number;
  /** Steps of one unit. */
  readonly steps: number;
  run(room: Dev): Promise<void>;
}

const ITEMS = 10_000;
const SCENARIOS: readonly Scenario[] = [
  {
    title: `a map of ${ITEMS} items`,
    unit: 'items',
    count: ITEMS,
    steps: 1,
    async run(room) {
      const items = Array.from({ length: ITEMS }, (_, i) => i);
      const found = await outputOf(room, 'wide', { items });
      if (JSON.stringify(found) !== JSON.stringify(items.map((item) => item + 1))) throw new Error('a wrong answer');
    },
  },
  chains(2_000, 64),
  chains(300, 1),
];

function chains(count: number, atOnce: number): Scenario {
  return {
    title: `${count} runs of ${STEPS} steps, ${atOnce} at a time`,
    unit: 'runs',
    count,
    steps: STEPS,
    async run(room) {
      let next = 0;
      const lane = async (): Promise<void> => {
        while (next < count) {
          const input = next++;
          if ((await outputOf(room, 'chain', input)) !== input + STEPS) throw new Error('a wrong answer');
        }
      };
      await Promise.all(Array.from({ length: atOnce }, lane));
    },
  };
}

async function outputOf(room: Dev, name: string, input: Json): Promise<Json> {
  const outcome = await room.result((await room.start(name, input)).id);
  if ('error' in outcome) throw new Error(`${name}: ${outcome.error.name}: ${outcome.error.message}`);
  return outcome.output;
}

/** Both open their store before the clock starts, and in an empty folder: neither pays for the rounds before. */
const measures: Readonly<Record<(typeof KINDS)[number], (scenario: Scenario, folder: string) => Promise<number>>> = {
  async skein(scenario, folder) {
    const room = await open(app('bench', { workflows: [wide, chain] }), { data: folder });
    try {
      return await seconds(() => scenario.run(room));
    } finally {
      await room.close();
    }
  },
  async loop({ count, steps }, folder) {
    const db = new DatabaseSync(join(folder, 'results.db'));
    try {
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
      db.exec('CREATE TABLE result (unit INTEGER, step INTEGER, output TEXT, PRIMARY KEY (unit, step)) STRICT');
      const insert = db.prepare('INSERT INTO result VALUES (?, ?, ?)');
      return await seconds(() => {
        for (let unit = 0; unit < count; unit++)
          for (let step = 0; step < steps; step++) insert.run(unit, step, JSON.stringify(unit + step + 1));
      });
    } finally {
      db.close();
    }
  },
};

async function seconds(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function rateOf(kind: (typeof KINDS)[number], scenario: Scenario): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'skein-bench-'));
  try {
    return scenario.count / (await measures[kind](scenario, folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const lines: string[] = [];
for (const scenario of SCENARIOS) {
  const { title, unit, count } = scenario;
  console.log(`${title}, ${unit} per second`);
  for (const kind of KINDS) await rateOf(kind, scenario);
  const rates = await inRounds(KINDS, ROUNDS, (kind) => rateOf(kind, scenario));
  const rate = median(rates.skein);
  lines.push(
    `${title}: ${(count / rate).toFixed(2)} s, ${rate.toFixed(0)} ${unit}/s, ${percent(rates, 'skein', 'loop')} of a plain loop`,
  );
}
console.log(`${lines.join('\n')}\n(medians of ${ROUNDS} rounds)`);
