import fc from 'fast-check';
import { expect, test } from 'vitest';
import { app, fromIR } from '../../core/index.ts';
import { statesOf } from '../../handlers/aws/sandbox/states/machine-run.ts';
import { type Subject, smallest, tryCases } from '../semantics/fuzz.ts';
import { cases } from '../semantics/generator.ts';
import { steps } from '../semantics/steps.ts';
import { compiled, open } from './asl-room.ts';
import { complaints } from './validate.ts';

const seed = Number(process.env.SKEIN_SEED ?? Date.now() % 1_000_000_000);
// Up to three in a hundred have too many possible endings to compare with; over 1,000 are left.
const numRuns = Number(process.env.SKEIN_FUZZ_RUNS ?? 1_040);
const sample = fc.sample(cases, { seed, numRuns });

const subject: Subject = { app, fromIR: fromIR as Subject['fromIR'], open: (one) => open(one) };

test('compiled random workflows agree with the reference', { timeout: 600_000 }, async () => {
  const tried = await tryCases(subject, sample);
  const ran = tried.filter((one) => one !== undefined && one.endings.length > 0);
  const failed = ran.filter((one) => one?.endings.some(({ result }) => 'error' in result));
  const calls = ran.reduce((sum, one) => sum + (one?.endings[0]?.sure.length ?? 0), 0);
  console.log(`seed ${seed}: ${ran.length} of ${numRuns} compared, ${failed.length} end in an error, ${calls} calls`);
  expect(ran.length / numRuns).toBeGreaterThan(0.97);
  const index = tried.findIndex((one) => one?.wrong !== undefined);
  if (index < 0) return;
  const { found, wrong } = await smallest(subject, sample[index] as (typeof sample)[number]);
  const count = tried.filter((one) => one?.wrong !== undefined).length;
  expect.fail(
    `SKEIN_SEED=${seed}, case ${index} (${count} are wrong): ${tried[index]?.wrong}\ncut down: ${wrong}\n${JSON.stringify(found)}`,
  );
});

test('asl-validator has nothing against them', { timeout: 600_000 }, () => {
  const code = { ...steps, gate: () => null } as unknown as Parameters<typeof fromIR>[1];
  const definitions = sample.map(({ ir }) => compiled(fromIR(ir, code)));
  const states = definitions.reduce((sum, one) => sum + [...statesOf(one)].length, 0);
  console.log(`seed ${seed}: ${definitions.length} definitions of ${states} states`);
  expect(complaints(definitions)).toEqual([]);
});
