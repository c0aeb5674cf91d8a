import { type ExecutionError, StateMachine } from 'aws-local-stepfunctions';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../core/index.ts';

/**
 * Where aws-local-stepfunctions 3.0.0 does not do what Step Functions does (by the specification): the compiler stays clear of it, or
 * the room of these tests sets it right. A test that fails here says that a detour is no longer needed.
 */

type States = { readonly [name: string]: Json };

async function run(States: States, input: Json = {}, handlers: Record<string, () => Promise<Json>> = {}) {
  const machine = new StateMachine({ StartAt: 'a', States } as never, { validationOptions: { noValidate: true } });
  const context = { Execution: { Name: 'r' } } as never;
  try {
    return await machine.run(input as never, { context, overrides: { taskResourceLocalHandlers: handlers } }).result;
  } catch (error) {
    return ((error as ExecutionError).cause as Error).name;
  }
}
const pass = (Parameters: Json): States => ({ a: { Type: 'Pass', Parameters, End: true } });
const reads = (path: string, input: Json): Promise<unknown> => run(pass({ 'v.$': path }), input);

describe('the interpreter differs from Step Functions', () => {
  test.fails('Result: a falsy result is one', async () => {
    expect(await run({ a: { Type: 'Pass', Result: 0, End: true } }, { x: 1 })).toBe(0);
  });
  test.fails('IsPresent: false holds for what is absent', async () => {
    const Choices = [{ Variable: '$.q', IsPresent: false, Next: 'b' }];
    const states: States = {
      a: { Type: 'Choice', Choices, Default: 'c' },
      b: { Type: 'Pass', Parameters: { absent: true }, End: true },
      c: { Type: 'Pass', Parameters: { absent: false }, End: true },
    };
    expect(await run(states)).toEqual({ absent: true });
  });
  test.fails('States.JsonToString keeps backslashes', async () => {
    expect(await reads('States.JsonToString($.x)', { x: 'say "hi"' })).toEqual({ v: '"say \\"hi\\""' });
  });
  test.fails('a parenthesis in a text of an intrinsic is text', async () => {
    expect(await reads("States.Format('({}', $.x)", { x: 1 })).toEqual({ v: '(1' });
  });
  test.fails('a key that begins like a template is a key', async () => {
    expect(await run(pass({ 'x.$y.$': '$.x' }), { x: 1 })).toEqual({ 'x.$y': 1 });
  });
  test.fails('the length of a text is no property of it', async () => {
    expect(await reads("$.x['length']", { x: 'abc' })).toBe('States.Runtime');
  });
  test.fails('a text has no items', async () => {
    expect(await reads('$.x[0]', { x: 'abc' })).toBe('States.Runtime');
  });
  test.fails('a name that begins with @ is a name', async () => {
    expect(await reads("$.x.y['@id']", { x: { y: { '@id': 1 } } })).toEqual({ v: 1 });
  });
  test.fails('the context has the number of retries', async () => {
    expect(await reads('$$.State.RetryCount', {})).toEqual({ v: 0 });
  });
  test.fails('JSONata is a query language', async () => {
    const state = { Type: 'Pass', QueryLanguage: 'JSONata', Output: '{% 1 %}', End: true };
    expect(await run({ a: state })).toBe(1);
  });
});

describe('the interpreter does what the compiler relies on', () => {
  test('a null, a zero and an empty text in a box are read', async () => {
    for (const v of [null, 0, '', false, []]) expect(await reads('$.x.v', { x: { v } })).toEqual({ v });
  });
  test('a list of boxes gives the list of what is in them, also of one', async () => {
    for (const list of [[null], [[1]], [[], 0, ''], [{}]] as Json[][])
      expect(await reads('$.x[*].v', { x: list.map((v) => ({ v })) })).toEqual({ v: list });
  });
  test('what is missing ends the execution with States.Runtime', async () => {
    const missing: readonly [path: string, input: Json][] = [
      ['$.x.y', { x: null }],
      ['$.x.y', { x: [1] }],
      ['$.x[3]', { x: [1] }],
      ['States.ArrayLength($.x)', { x: 'abc' }],
    ];
    for (const [path, input] of missing) expect(await reads(path, input)).toBe('States.Runtime');
  });
});
