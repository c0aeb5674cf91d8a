import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  app,
  attempt,
  bucket,
  consume,
  eq,
  fail,
  http,
  map,
  queue,
  step,
  waitFor,
  when,
  workflow,
} from '../../core/index.ts';
import { DefinitionError, DIAGNOSTICS } from '../../core/workflow/diagnostic.ts';
import { CALLS, PORTABILITY } from './misuse/calls.ts';
import { type Anything, type Misuse, num } from './misuse/misuse.ts';
import { CONTROL, OPERATORS } from './misuse/operators.ts';
import { LEAKS, STRUCTURE, VALUES } from './misuse/values.ts';

const run: Anything = (value: unknown) => value;

function define(body: (input: Anything) => unknown): DefinitionError {
  return caught(() => workflow('wrong', { run: body }));
}

function caught(body: () => unknown): DefinitionError {
  try {
    body();
  } catch (error) {
    expect(error).toBeInstanceOf(DefinitionError);
    return error as DefinitionError;
  }
  throw new Error('nothing was thrown');
}

const tables: Record<string, readonly Misuse[]> = { CONTROL, OPERATORS, STRUCTURE, LEAKS, VALUES, CALLS, PORTABILITY };

describe.each(Object.entries(tables))('%s', (_, rows) => {
  test.each(rows)('%s is %s', (_what, code, body) => {
    const error = define(body);
    expect(error.message).toContain(code);
    expect(error.code).toBe(code);
    const [first] = error.diagnostics;
    expect(first?.where).toContain("'wrong'");
    expect(first?.remedy).toBe(DIAGNOSTICS[code].remedy);
    expect(error.message.toLowerCase()).toContain(DIAGNOSTICS[code].remedy.toLowerCase());
    // What went wrong leaves nothing behind: the next definition is a good one.
    expect(workflow('right', { run: () => num(1) }).ir.body.nodes).toHaveLength(1);
  });
});

describe('a message says where', () => {
  test.each<[string, (i: Anything) => unknown, string]>([
    [
      'at the top',
      (i) => `${i.s}`,
      "SK101 in workflow 'wrong': an operator or a template string was used on a Ref: Ref in.s",
    ],
    ['in a map', (i) => map(i.list, (one: Anything) => `${one.key}`), "workflow 'wrong' > map: "],
    [
      'in an attempt in a map',
      (i) =>
        map(i.list, () =>
          attempt(
            () => num(i.n + 1),
            () => 1,
          ),
        ),
      "'wrong' > map > attempt: ",
    ],
    [
      'in a rescue',
      () =>
        attempt(
          () => 1,
          (error) => `${error.name}`,
        ),
      "'wrong' > attempt.rescue: ",
    ],
    [
      'in otherwise',
      (i) =>
        when(
          i.b,
          () => 1,
          () => `${i.s}`,
        ),
      "'wrong' > choose.else: ",
    ],
    [
      'an unused read',
      (i) =>
        map(i.list, (one: Anything) => {
          one.key;
          return 1;
        }),
      'Ref map.item.key (in map)',
    ],
    [
      'an unused condition',
      (i) => {
        eq(i.n, 1);
      },
      'the condition eq(in.n, 1)',
    ],
    ['a waitFor', (i) => map(i.list, () => waitFor('go')), "SK301 in workflow 'wrong' > waitFor"],
    ['an option', (i) => map(i.list, num, { concurrency: 0 }), "'wrong' > map concurrency: "],
  ])('%s', (_, body, words) => {
    expect(define(body).message).toContain(words);
  });
});

describe('outside of a workflow', () => {
  test.each<[string, () => unknown]>([
    ['step', () => num(1)],
    ['map', () => map([1], num)],
    ['when', () => when(eq(1, 1), () => 1)],
    ['eq', () => eq(1, 1)],
    ['waitFor', () => waitFor('go')],
    ['fail', () => fail('Oops')],
  ])('%s is SK116', (_, body) => {
    const error = caught(body);
    expect(error.code).toBe('SK116');
    expect(error.message).toContain('workflow(…)');
  });
});

describe('a declaration', () => {
  const retry = (value: Anything) => () => step('bad', { run, retry: value });
  test.each<[string, string, () => unknown]>([
    ['unknown option of step', 'SK119', () => step('bad', { run, retries: 3 } as Anything)],
    ['step without run', 'SK119', () => step('bad', {} as Anything)],
    ['step without options', 'SK119', () => step('bad', undefined as Anything)],
    ['step with no schema', 'SK119', () => step('bad', { run, input: { type: 'object' } } as Anything)],
    ['step timeout 0', 'SK119', () => step('bad', { run, timeout: 0 })],
    ['step isolate', 'SK119', () => step('bad', { run, isolate: 'gpu' } as Anything)],
    ['step named in', 'SK121', () => step('in', { run })],
    ['step named __proto__', 'SK121', () => step('__proto__', { run })],
    ['step with a slash in its name', 'SK121', () => step('a/b', { run })],
    ['step without a name', 'SK121', () => step('', { run })],
    ['step with a long name', 'SK121', () => step('a'.repeat(81), { run })],
    ['unknown option of workflow', 'SK119', () => workflow('bad', { run, retry: 1 } as Anything)],
    ['workflow without run', 'SK119', () => workflow('bad', {} as Anything)],
    ['workflow with no schema', 'SK119', () => workflow('bad', { run, input: z } as Anything)],
    ['workflow public a string', 'SK119', () => workflow('bad', { run, public: 'false' } as Anything)],
    ['workflow named in', 'SK121', () => workflow('in', { run })],
    ['workflow with a blank in its name', 'SK121', () => workflow('a b', { run })],
    ['retry 0', 'SK119', retry({ attempts: 0 })],
    ['retry 1.5', 'SK119', retry({ attempts: 1.5 })],
    ['retry NaN', 'SK119', retry({ attempts: Number.NaN })],
    ['retry -1', 'SK119', retry({ attempts: -1 })],
    ['retry a string', 'SK119', retry({ attempts: '3' })],
    ['retry a number', 'SK119', retry(3)],
    ['retry without attempts', 'SK119', retry({ seconds: 3 })],
    ['retry with an unknown option', 'SK119', retry({ attempts: 3, jitter: true })],
    ['retry seconds 0', 'SK119', retry({ attempts: 3, seconds: 0 })],
    ['retry seconds 0.5', 'SK119', retry({ attempts: 3, seconds: 0.5 })],
    ['retry rate 0.5', 'SK119', retry({ attempts: 3, rate: 0.5 })],
    ['retry rate NaN', 'SK119', retry({ attempts: 3, rate: Number.NaN })],
    ['retry on a string', 'SK119', retry({ attempts: 3, on: 'TransientError' })],
    ['retry on a reserved error', 'SK119', retry({ attempts: 3, on: ['States.ALL'] })],
  ])('%s is %s', (_, code, body) => {
    const error = caught(body);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/'(bad|in|__proto__|a\/b|a b|a{81}|)'/);
  });

  test('an unknown option of app is named, with those that are known', () => {
    expect(() => app('one', { workflow: [] } as Anything)).toThrow(/'one'.*'workflow'.*workflows/);
  });

  test('an unknown option of http is named, and its routes must be a function', () => {
    expect(() => http('one', { routes: run, use: {} } as Anything)).toThrow(/'one'.*'use'.*uses, routes/);
    expect(() => http('one', {} as Anything)).toThrow(/'one'.*routes must be a function/);
    expect(() => http('one', undefined as Anything)).toThrow(/'one'.*options must be an object/);
    // Routes get their clients in an object of their own.
    expect(http('one', { routes: run, uses: { log: bucket('logs').write } }).uses).toHaveProperty('log');
    const typo = { clicks: (queue('clicks') as Anything).sned };
    expect(() => http('one', { routes: run, uses: typo } as Anything)).toThrow(/'one'.*'clicks' is no right/);
    expect(() => step('one', { run, uses: typo })).toThrow(/SK119.*'clicks' is no right/);
    expect(() => consume(queue('votes'), { run, uses: typo } as Anything)).toThrow(/votes.*'clicks' is no right/);
  });

  test('a resource has a name that every cloud takes', () => {
    expect(() => bucket('Not_This')).toThrow(/Not_This/);
  });
});
