import { appendFileSync } from 'node:fs';
import {
  app,
  attempt,
  compensate,
  eq,
  type Json,
  map,
  parallel,
  repeat,
  run,
  sleep,
  step,
  waitFor,
  when,
  workflow,
} from 'skein';

/** Where steps write down that they ran: a line each, so that effects can be counted across processes. */
const effects = process.env.EFFECTS;

const note = step('note', {
  run(input: unknown, { idempotencyKey }) {
    if (effects !== undefined) appendFileSync(effects, `${idempotencyKey}\n`);
    return input as Json;
  },
});
const double = step('double', {
  run(input: unknown, { idempotencyKey }) {
    if (effects !== undefined) appendFileSync(effects, `${idempotencyKey}\n`);
    return Number(input) * 2;
  },
});
const flaky = step('flaky', {
  retry: { attempts: 3, on: ['Transient'] },
  run(input: unknown, { attempt: count, idempotencyKey }) {
    if (effects !== undefined) appendFileSync(effects, `${idempotencyKey}\n`);
    if (count < 3) throw Object.assign(new Error(`attempt ${count}`), { name: 'Transient' });
    return { input: input as Json, count };
  },
});
const broken = step('broken', {
  run(): Json {
    throw Object.assign(new Error('it broke'), { name: 'Broken', data: { why: 'always' } });
  },
});

const child = workflow('child', { run: () => [note('in child'), double(21)] });

export const chain = workflow('chain', { run: () => double(double(double(double(1)))) });
export const fan = workflow('fan', {
  run: () => map([1, 2, 3, 4, 5, 6], (n) => double(double(n)), { concurrency: 3 }),
});
export const nested = workflow('nested', {
  run: () =>
    map([1, 2], (n) =>
      parallel(
        () => double(n),
        () => map([n, 10], (m) => note(m)),
      ),
    ),
});
export const retried = workflow('retried', {
  run: () =>
    parallel(
      () => flaky('a'),
      () => flaky('b'),
    ),
});
export const timed = workflow('timed', {
  run() {
    const before = note('before');
    sleep(3600);
    return [before, note('after')];
  },
});
export const saga = workflow('saga', {
  run: () =>
    attempt(
      () =>
        compensate(
          () => note('hotel'),
          () => note('cancel hotel'),
          () =>
            compensate(
              () => note('flight'),
              () => note('cancel flight'),
              () => broken(null),
            ),
        ),
      (error) => ({ name: error.name, why: error.data }),
    ),
});
export const rescued = workflow('rescued', {
  run: () =>
    attempt(
      () =>
        map([1, 2, 3], (n) =>
          when(
            eq(n, 2),
            () => broken(null),
            () => note(n),
          ),
        ),
      (error) => [error.name, note('rescued')],
    ),
});
export const awaited = workflow('awaited', {
  run() {
    const first = waitFor<number>('go');
    const second = attempt(
      () => waitFor<number>('never', { timeout: 60 }),
      () => note('late'),
    );
    return [double(first), second, waitFor<number>('go')];
  },
});
export const parent = workflow('parent', { run: () => [run(child, null), run(child, null)] });
export const looped = workflow('looped', {
  run: () => repeat(1, (state) => double(state), { until: (state) => eq(state, 16), max: 9 }),
});

export const flows = [chain, fan, nested, retried, timed, saga, rescued, awaited, parent, looped];

export default app('flows', { workflows: flows });
