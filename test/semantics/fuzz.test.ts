import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { app, fromIR } from '../../core/index.ts';
import { open as openLocal, virtualClock } from '../../handlers/local/dev.ts';
import { open as openMemory } from '../support/memory-room.ts';
import { histogram, type Subject, smallest, tryCases } from './fuzz.ts';
import { cases } from './generator.ts';

const seed = Number(process.env.SKEIN_SEED ?? Date.now() % 1_000_000_000);
// Up to three in a hundred have too many possible endings to compare with; over 1,000 are left.
const numRuns = Number(process.env.SKEIN_FUZZ_RUNS ?? 1_040);
const sample = fc.sample(cases, { seed, numRuns });

const KINDS = ['task', 'map', 'parallel', 'choose', 'attempt', 'sleep', 'waitFor', 'repeat', 'run', 'fail'];
const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

test('the random workflows have some of everything', () => {
  const counts = histogram(sample);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const shares = KINDS.map((kind) => `${kind} ${percent(counts[kind] ?? 0, total)}`);
  console.log(`seed ${seed}: ${numRuns} workflows, ${total} nodes: ${shares.join(', ')}`);
  for (const kind of KINDS) expect((counts[kind] ?? 0) / total, kind).toBeGreaterThanOrEqual(0.03);
});

const rooms: readonly [name: string, open: Subject['open']][] = [
  ['the memory room', openMemory],
  [
    'the local room',
    async (one) => {
      const data = mkdtempSync(join(tmpdir(), 'skein-fuzz-'));
      const room = await openLocal(one, { data, clock: virtualClock() });
      return { ...room, close: () => room.close().finally(() => rmSync(data, { recursive: true, force: true })) };
    },
  ],
];

for (const [name, open] of rooms)
  test(`${name} agrees with the reference on random workflows`, async () => {
    const subject: Subject = { app, fromIR: fromIR as Subject['fromIR'], open };
    const tried = await tryCases(subject, sample);
    const known = tried.filter((one) => one !== undefined);
    const ran = known.filter((one) => one.endings.length > 0);
    const share = (count: (one: (typeof ran)[number]) => boolean): string =>
      percent(ran.filter(count).length, ran.length);
    console.log(
      [
        `${name}, seed ${seed}: ${ran.length} of ${sample.length} ran`,
        `${share(({ endings }) => endings.some(({ result }) => 'error' in result))} end in an error`,
        `${share(({ endings }) => endings.some((one) => one.retried))} retried`,
        `${share(({ endings }) => endings.some((one) => one.caught))} caught`,
        `${share(({ endings }) => endings.length > 1)} may end in several ways`,
        `${share(({ endings }) => endings.some((one) => one.perhaps.length > 0))} have calls that may be left out`,
        `${ran.reduce((sum, { endings }) => sum + (endings[0]?.sure.length ?? 0), 0)} calls`,
      ].join(', '),
    );
    expect(known.length / tried.length).toBeGreaterThan(0.98);
    const index = tried.findIndex((one) => one?.wrong !== undefined);
    if (index >= 0) {
      const { found, wrong } = await smallest(subject, sample[index] as (typeof sample)[number]);
      const count = tried.filter((one) => one?.wrong !== undefined).length;
      expect.fail(
        `SKEIN_SEED=${seed}, case ${index} (${count} are wrong): ${tried[index]?.wrong}\ncut down: ${wrong}\n${JSON.stringify(found)}`,
      );
    }
  });
