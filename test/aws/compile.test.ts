import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { app, attempt, DefinitionError, fromIR, type Json, map, step, workflow } from '../../core/index.ts';
import type { Retry } from '../../core/workflow/ir.ts';
import { delaySeconds } from '../../core/workflow/retry.ts';
import { statesOf } from '../../handlers/aws/sandbox/states/machine-run.ts';
import { compile, errorOf, performControl, StateError } from '../../handlers/aws/workflow/index.ts';
import { block, law, lit, only, ref, task } from '../conformance/semantics/clause.ts';
import { ARNS, compiled, open } from './asl-room.ts';
import { complaints } from './validate.ts';

const echo = step('echo', { description: 'gives back what it gets', run: (input) => input as Json });

async function outcomeOf(one: Parameters<typeof compiled>[0], input: Json = null) {
  const room = await open(app('law', { workflows: [one] }));
  await room.start(one.name, input, { id: 'r' });
  const outcome = await room.result('r');
  await room.close();
  return outcome;
}

function stateNamed(one: Parameters<typeof compiled>[0], name: string) {
  const found = [...statesOf(compiled(one))].find(([each]) => each === name);
  return found?.[1] ?? expect.fail(`no state ${name}`);
}

describe('states', () => {
  test('a task has the description of its step, its function and what the call needs', () => {
    const state = stateNamed(workflow('law', { run: (input) => map([1], () => echo(input)) }), 'echo');
    expect(state).toMatchObject({
      Comment: 'gives back what it gets',
      Resource: 'arn:aws:lambda:eu-west-1:123456789012:function:echo',
      Parameters: { 'key.$': "States.Format('{}/echo{}', $.run, $.at)", step: 'echo', 'run.$': '$.run' },
    });
  });
  test('a map that is declared wide is a Distributed Map, which gets what its states use and no more', () => {
    const whole = workflow('law', {
      run: (input) => {
        const [used, unused] = [echo(1), echo(2)];
        return [map(input as never as number[], (n) => echo([n, used]), { wide: true, concurrency: 500 }), unused];
      },
    });
    const state = stateNamed(whole, 'map') as unknown as Record<'ItemSelector' | 'ItemProcessor', object> & {
      MaxConcurrency: number;
    };
    expect(state.ItemProcessor).toMatchObject({ ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } });
    expect(state.MaxConcurrency).toBe(500);
    const slots = Object.keys(state.ItemSelector).filter((key) => /^v\d+\.\$$/.test(key));
    expect(slots).toHaveLength(1);
    expect(complaints([compiled(whole)])).toEqual([]);
  });
  test('wide is true or nothing', () => {
    const wide = (value: unknown): object => ({
      kind: 'map',
      id: 'm',
      items: lit([]),
      body: only(lit(0)),
      wide: value,
    });
    expect(() => law([wide('yes')], lit(0))).toThrow('SK201');
    expect(law([wide(true)], lit(0)).ir.body.nodes).toMatchObject([{ wide: true }]);
    expect(() => workflow('law', { run: () => map([1], (n) => n, { wide: 1 as never }) })).toThrow('SK119');
  });
  test('slots of dead values are used again', () => {
    const chain = workflow('law', {
      run: (input) => Array.from({ length: 30 }).reduce<unknown>((value) => echo(value as never), input) as never,
    });
    const text = JSON.stringify(compiled(chain));
    expect(new Set(text.match(/\$\.v\d+/g))).toEqual(new Set(['$.v0', '$.v1', '$.v2']));
  });
  test('names are unique, and no longer than Step Functions takes', () => {
    const id = (n: number): string => `${'x'.repeat(79)}${n}`;
    const nodes = [1, 2].map((n) => ({ kind: 'sleep', id: id(n), seconds: ref('in') }));
    const names = [...statesOf(compiled(law(nodes, { arr: [ref(id(1)), lit(0)] })))].map(([name]) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name.length).toBeLessThanOrEqual(80);
  });
  test('a definition that Step Functions does not take is refused', () => {
    const nodes = Array.from({ length: 8 }, (_, n) => task(`t${n}`, 'echo', lit('x'.repeat(130_900))));
    expect(() => compile(law(nodes, lit(0)), ARNS)).toThrow(DefinitionError);
  });
});

describe('values', () => {
  test('a property that a computed object does not have is null; through a text there is none', async () => {
    const child = (out: object): object => ({
      ...{ kind: 'run', id: 'c', workflow: 'c', body: only(out) },
      input: { obj: [['a', ref('in')]] },
    });
    const ends = (out: object, input: Json) => outcomeOf(law([child(out)], ref('c')), input);
    expect(await ends(ref('c.in', 'b'), 1)).toEqual({ output: null });
    expect(await ends(ref('c.in', 'a', 'length'), 'abc')).toMatchObject({ error: { name: 'MissingValue' } });
    expect(await ends(ref('c.in', 'a', 0), 'abc')).toMatchObject({ error: { name: 'MissingValue' } });
    expect(await ends(ref('c.in', 'a', 0), ['abc'])).toEqual({ output: 'abc' });
    expect(await ends(ref('c.in', 'a', 'length'), { length: 7 })).toEqual({ output: 7 });
    expect(await ends(ref('c.in', 'a', 'length'), [])).toMatchObject({ error: { name: 'MissingValue' } });
  });
  test('an index is a property of an object', async () => {
    expect(await outcomeOf(law([], ref('in', 0)), { 0: 'zero' })).toEqual({ output: 'zero' });
    expect(await outcomeOf(law([], ref('in', 0)), {})).toEqual({ output: null });
  });
});

describe('sizes', () => {
  const sized = step('sized', { run: (bytes): string => 'x'.repeat((bytes as number) - 2) });
  const tooLarge = { error: { name: 'PayloadTooLarge' } };
  test('a fan-out that is the last node of a workflow or of a branch is bounded too', async () => {
    const mapped = workflow('law', { run: () => map([200_000, 100_000], (bytes) => sized(bytes)) });
    expect(await outcomeOf(mapped)).toMatchObject(tooLarge);
    const nested = workflow('law', {
      run: () => echo(map([0], () => map([200_000, 100_000], (bytes) => sized(bytes))) as never),
    });
    expect(await outcomeOf(nested)).toMatchObject(tooLarge);
  });
  test('what a workflow puts together for a step is bounded, and so is its own output', async () => {
    const given = workflow('law', {
      run: (input) =>
        attempt(
          () => echo([input, input]),
          () => 'caught',
        ),
    });
    const own = workflow('law', { run: (input) => [input, input] });
    for (const whole of [given, own]) expect(await outcomeOf(whole, 'x'.repeat(150_000))).toMatchObject(tooLarge);
  });
});

describe('errors', () => {
  const boom = (name: string, message = 'm', data?: unknown) =>
    step('boom', {
      run: (): Json => {
        throw Object.assign(new Error(message), { name, data });
      },
    });
  test('a step may throw an error of a name that means something here', async () => {
    for (const name of ['Skein.Final', 'Skein.Skein.Final', 'Lambda.Unknown', 'MissingValue']) {
      const fails = boom(name);
      const caught = workflow('law', {
        run: () =>
          attempt(
            () => map([1], () => fails(null)),
            (error) => error.name,
            { on: [name] },
          ),
      });
      expect(await outcomeOf(caught)).toEqual({ output: name });
      expect(await outcomeOf(workflow('law', { run: () => fails(null) }))).toMatchObject({ error: { name } });
    }
  });
  test('a cause that is too long loses its data, then the end of its message', () => {
    const cause = (error: StateError): string => JSON.stringify({ errorType: error.name, errorMessage: error.message });
    const long = 'é"\\'.repeat(20_000);
    const heavy = cause(new StateError({ name: 'Heavy', message: 'm', data: long }));
    expect(errorOf('Heavy', heavy)).toEqual({ name: 'Heavy', message: 'm' });
    const wordy = cause(new StateError({ name: 'Wordy', message: long }));
    expect(errorOf('Wordy', wordy)).toMatchObject({ name: 'Wordy', message: expect.stringMatching(/^é"\\.*…$/) });
    for (const text of [heavy, wordy]) expect(text.length).toBeLessThan(32_768);
  });
  test('errors of the engine have names of ours', () => {
    expect(errorOf('States.Timeout').name).toBe('Timeout');
    expect(errorOf('States.DataLimitExceeded').name).toBe('PayloadTooLarge');
    for (const name of ['States.Runtime', 'States.IntrinsicFailure']) expect(errorOf(name).name).toBe('MissingValue');
    expect(errorOf('Sandbox.Timedout', '{"errorMessage":"RequestId: 1"}')).toMatchObject({ name: 'Timeout' });
    expect(errorOf('Runtime.ExitError', '{"errorMessage":"RequestId: 1"}')).toMatchObject({
      name: 'Runtime.ExitError',
    });
  });
  test('seconds are rounded up where they are not known before', () => {
    const rounds = (sleep: Json): unknown => performControl({ run: 'r', key: 'r/s', sleep });
    expect([0, 0.2, 1, 1.01].map(rounds)).toEqual([0, 1, 1, 2]);
    for (const wrong of [-1, '1', null, 1e12]) expect(() => rounds(wrong)).toThrow(StateError);
  });
});

test('native delays are never shorter than those of clause 16, and hardly longer where rates are whole', () => {
  const policies = fc.record({
    attempts: fc.integer({ min: 2, max: 12 }),
    seconds: fc.integer({ min: 1, max: 120 }),
    rate: fc.constantFrom(1, 1.1, 1.5, 2, 2.25, 3, 10),
    cap: fc.option(fc.integer({ min: 1, max: 900 }), { nil: undefined }),
  });
  const property = fc.property(policies, ({ cap, ...rest }) => {
    const retry: Retry = { ...rest, ...(cap !== undefined && { cap }) };
    const one = fromIR({ ir: 1, name: 'law', body: block(task('t', 'echo', lit(0), { retry })) }, { echo: () => 0 });
    const { Retry: retriers } = stateNamed(one, 't') as unknown as { Retry: readonly Json[] };
    const {
      IntervalSeconds,
      BackoffRate,
      MaxAttempts,
      MaxDelaySeconds = Infinity,
    } = retriers.at(-1) as never as {
      readonly [field: string]: number;
    } & { IntervalSeconds: number; BackoffRate: number; MaxAttempts: number };
    expect(MaxAttempts).toBe(retry.attempts - 1);
    for (let nth = 1; nth < retry.attempts; nth++) {
      const delay = Math.min(IntervalSeconds * BackoffRate ** (nth - 1), MaxDelaySeconds);
      expect(delay).toBeGreaterThanOrEqual(delaySeconds(retry, nth) * (1 - 1e-9));
      if (Number.isInteger(retry.rate)) expect(delay).toBeCloseTo(delaySeconds(retry, nth), 3);
    }
  });
  fc.assert(property, { seed: 1, numRuns: 100 });
});
