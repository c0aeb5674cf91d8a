import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redacting } from '../../core/log.ts';
import { logLine } from '../../core/log-line.ts';
import { redactor } from '../../core/redact.ts';
import { fixture } from '../support/fixtures.ts';

const time = new Date(0);
const fieldsOf = (line: string): Record<string, unknown> => JSON.parse(line) as Record<string, unknown>;
/** What some terminal, viewer or collector ends a line at, obeys, or turns text around by. */
const DANGEROUS = /[\p{Cc}\p{Cf}\u2028\u2029\ud800-\udfff]/u;

const naughty = fixture('fuzz/blns.json');
test.skipIf(naughty === undefined)('no naughty string breaks a line, or is changed by it', () => {
  const strings = JSON.parse(readFileSync(naughty as string, 'utf8')) as string[];
  expect(strings.length).toBeGreaterThan(400);
  for (const text of strings) {
    const line = logLine(time, text, { text, [text]: text });
    expect(line).not.toMatch(DANGEROUS);
    expect(fieldsOf(line)).toMatchObject({ message: text, text });
  }
});

test('nor does any value, and none forges the time or the message', () => {
  const bounds = { maxDepth: 3, withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true };
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.dictionary(fc.string(), fc.anything(bounds)), (message, fields) => {
      const line = logLine(time, message, { ...fields, time: 'now', message: 'forged' });
      expect(line).not.toMatch(DANGEROUS);
      expect(fieldsOf(line)).toMatchObject({ time: time.toISOString(), time_: 'now', message_: 'forged' });
    }),
  );
});

describe('what JSON has no word for', () => {
  const circle: Record<string, unknown> = { n: 1 };
  circle.self = circle;
  const thrower = {
    get bad() {
      throw new Error('no');
    },
    good: 1,
  };
  const closed = new Proxy({}, { ownKeys: () => expect.fail() });
  const deep = Array.from({ length: 50 }).reduce<unknown>((inner) => [inner], 0);
  test.each<[string, unknown, unknown]>([
    ['a bigint', 2n ** 70n, '1180591620717411303424'],
    ['a circle', circle, { n: 1, self: '[circular]' }],
    ['not a number', Number.NaN, 'NaN'],
    ['a function', () => 1, '[function]'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['an error', new RangeError('far'), { name: 'RangeError', message: 'far' }],
    ['a date', new Date(5), '1970-01-01T00:00:00.005Z'],
    ['a date that is none', new Date('x'), null],
    ['a map', new Map([['a', 1n]]), [['a', '1']]],
    ['bytes', new Uint8Array(3), '[3 bytes]'],
    ['a getter that throws', thrower, { bad: '[unreadable]', good: 1 }],
    ['what lets nobody look', closed, '[unreadable]'],
    ['what toJSON throws', { toJSON: () => closed.constructor.call(null, expect.fail()) }, '[unreadable]'],
    ['a lone surrogate', '\ud800', '\ud800'],
    ['a field of the prototype', JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":1}')],
  ])('%s', (_, given, logged) => {
    expect(fieldsOf(logLine(time, 'm', { given })).given).toEqual(logged);
  });

  test('undefined is no field, and depth has an end', () => {
    expect(fieldsOf(logLine(time, 'm', { none: undefined }))).not.toHaveProperty('none');
    expect(logLine(time, 'm', { deep })).toContain('[deep]');
  });
});

describe('what is huge', () => {
  const LIMIT = 80_000;
  test('is cut, and says so', () => {
    const line = logLine(time, 'x'.repeat(1e6), { text: '\u0000'.repeat(1e6), list: Array(1e5).fill('abc'), n: 1 });
    expect(line.length).toBeLessThan(LIMIT);
    expect(fieldsOf(line)).toMatchObject({
      message: expect.stringMatching(/^x+… \[1000000 characters\]$/),
      text: expect.stringContaining('… [1000000 characters]'),
      list: expect.arrayContaining(['[cut]']),
      n: 1,
    });
  });

  test('in number leaves no room, and the line counts what it left out', () => {
    const fields = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`f${n}`, 'y'.repeat(5_000)]));
    const line = logLine(time, 'm', fields);
    expect(line.length).toBeLessThan(LIMIT);
    const { cut, ...rest } = fieldsOf(line);
    expect(Number(cut) + Object.keys(rest).length).toBe(102);
  });

  test('a name is cut too, and a million fields take no million looks', () => {
    expect(logLine(time, 'm', { ['k'.repeat(1e6)]: 1 }).length).toBeLessThan(LIMIT);
    const many = Object.fromEntries(Array.from({ length: 1e5 }, (_, n) => [n, n]));
    expect(logLine(time, 'm', { many }).length).toBeLessThan(LIMIT);
  });
});

test('a secret is taken out of what is no JSON yet, before anything is cut in two', () => {
  const lines: string[] = [];
  const log = redacting((message, fields) => void lines.push(logLine(time, message, fields)), redactor(['hunter2']));
  const circle: Record<string, unknown> = { error: new Error('hunter2'), map: new Map([['k', 'hunter2']]) };
  circle.self = circle;
  log('hunter2', { circle: circle as never, long: `${'z'.repeat(2_045)}hunter2${'z'.repeat(20_000)}` });
  expect(lines.join('')).not.toMatch(/hunt/);
  expect(fieldsOf(lines[0]!)).toMatchObject({ message: '[redacted]', circle: { self: '[circular]' } });
});
