import fc from 'fast-check';
import { expect, test } from 'vitest';
import { app, fromIR } from '../../core/index.ts';
import type { Case } from '../semantics/case.ts';
import { type Subject, smallest, tryCases } from '../semantics/fuzz.ts';
import { cases } from '../semantics/generator.ts';
import type { Patch } from '../semantics/planted-core.ts';
import { open } from './durable-room.ts';
import { plantedOrchestrator } from './planted-orchestrator.ts';

const seed = Number(process.env.SKEIN_SEED ?? Date.now() % 1_000_000_000);
// Up to three in a hundred have too many possible endings to compare with; over 1,000 are left.
const numRuns = Number(process.env.SKEIN_FUZZ_RUNS ?? 1_040);
const sample = fc.sample(cases, { seed, numRuns });

const subject: Subject = { app, fromIR: fromIR as Subject['fromIR'], open: (one) => open(one) };

test('random workflows agree with the reference', { timeout: 900_000 }, () => agree(subject, sample));

/** What only large workflows come to, in small ones: a copy of the orchestrator has another limit. */
const limits: readonly Patch[] = [
  { file: 'stand-in.ts', from: 'const INLINE = 46_080;', to: 'const INLINE = 4;' },
  { file: 'orchestrate.ts', from: 'const ROLL = 100;', to: 'const ROLL = 2;' },
];
for (const limit of limits)
  test(`the same where ${limit.to}`, { timeout: 900_000 }, async () => {
    const copy = await plantedOrchestrator(limit);
    try {
      await agree(copy, sample.slice(0, Math.ceil(numRuns / 4)));
    } finally {
      copy.remove();
    }
  });

test('the same where what ended arrives twice, late or out of order', { timeout: 900_000 }, () => {
  const faults = { seed, duplicate: 0.3, late: 0.3, lateBy: 5_000, reorder: 0.3 };
  return agree({ ...subject, open: (one) => open(one, { faults }) }, sample.slice(0, Math.ceil(numRuns / 4)));
});

async function agree(subject: Subject, sample: readonly Case[]): Promise<void> {
  const tried = await tryCases(subject, sample);
  const ran = tried.filter((one) => one !== undefined && one.endings.length > 0);
  const failed = ran.filter((one) => one?.endings.some(({ result }) => 'error' in result));
  const calls = ran.reduce((sum, one) => sum + (one?.endings[0]?.sure.length ?? 0), 0);
  console.log(
    `seed ${seed}: ${ran.length} of ${sample.length} compared, ${failed.length} end in an error, ${calls} calls`,
  );
  expect(ran.length / sample.length).toBeGreaterThan(0.97);
  const index = tried.findIndex((one) => one?.wrong !== undefined);
  if (index < 0) return;
  const { found, wrong } = await smallest(subject, sample[index] as Case);
  const count = tried.filter((one) => one?.wrong !== undefined).length;
  expect.fail(
    `SKEIN_SEED=${seed}, case ${index} (${count} are wrong): ${tried[index]?.wrong}\ncut down: ${wrong}\n${JSON.stringify(found)}`,
  );
}
