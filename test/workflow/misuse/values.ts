import { attempt, choose, eq, map, parallel, present, repeat, when } from '../../../core/index.ts';
import { type Anything, type Misuse, num } from './misuse.ts';

const cyclic = (): unknown => {
  const value: Record<string, unknown> = {};
  value.self = value;
  return value;
};
const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
class Point {
  x = 1;
}

export const STRUCTURE: readonly Misuse[] = [
  ['spread into an object', 'SK104', (i) => ({ ...i })],
  ['spread into an array', 'SK104', (i) => [...i.list]],
  [
    'for-of',
    'SK104',
    (i) => {
      for (const one of i.list) num(one);
    },
  ],
  [
    'for-in',
    'SK104',
    (i) => {
      for (const key in i) num(key);
    },
  ],
  [
    'array destructuring',
    'SK104',
    (i) => {
      const [first] = i.list;
      return first;
    },
  ],
  ['Object.keys', 'SK104', (i) => Object.keys(i)],
  ['Object.entries', 'SK104', (i) => Object.entries(i.map)],
  ['.map', 'SK105', (i) => i.list.map((one: unknown) => one)],
  ['.toUpperCase', 'SK105', (i) => i.s.toUpperCase()],
  ['calling a Ref', 'SK105', (i) => i.callback()],
  ['new', 'SK105', (i) => new i.Thing()],
  ['at(ref)', 'SK106', (i) => i.list.at(i.n)],
  ['at(-1)', 'SK106', (i) => i.list.at(-1)],
  ['at(1.5)', 'SK106', (i) => i.list.at(1.5)],
  ['at(text)', 'SK106', (i) => i.list.at('0')],
  ['a key with a quote', 'SK107', (i) => i["it's"]],
  ['a key with a caret', 'SK107', (i) => i['^']],
  ['the key __proto__', 'SK107', (i) => i['__proto__']],
  ['an empty key', 'SK107', (i) => i['']],
  ['in', 'SK108', (i) => 'a' in i],
  [
    'assignment',
    'SK109',
    (i) => {
      i.a = 1;
    },
  ],
  [
    'delete',
    'SK109',
    (i) => {
      delete i.a;
    },
  ],
  ['Object.defineProperty', 'SK109', (i) => Object.defineProperty(i, 'a', { value: 1 })],
  ['a property of a length', 'SK110', (i) => i.list.length.toFixed],
];

let leaked: Anything;
const keep = (value: unknown): void => {
  leaked = value;
};

export const LEAKS: readonly Misuse[] = [
  [
    'out of map',
    'SK111',
    (i) => {
      map(i.list, (one) => keep(num(one)));
      return leaked;
    },
  ],
  [
    'the item out of map',
    'SK111',
    (i) => {
      map(i.list, (one) => keep(one));
      return leaked;
    },
  ],
  [
    'a property of a leaked item',
    'SK111',
    (i) => {
      map(i.list, (one) => keep(one));
      return leaked.key;
    },
  ],
  [
    'the length of a leaked list',
    'SK111',
    (i) => {
      map(i.list, (one: Anything) => keep(one.parts));
      return leaked.length;
    },
  ],
  [
    'from one branch into the next',
    'SK111',
    () =>
      parallel(
        () => keep(num(1)),
        () => num(leaked),
      ),
  ],
  [
    'out of attempt',
    'SK111',
    () => {
      attempt(
        () => keep(num(1)),
        () => 1,
      );
      return leaked;
    },
  ],
  [
    'the error out of rescue',
    'SK111',
    () => {
      attempt(
        () => num(1),
        (error) => keep(error),
      );
      return leaked.name;
    },
  ],
  [
    'out of repeat',
    'SK111',
    () => {
      repeat(
        0,
        (n) => {
          keep(n);
          return num(n);
        },
        { max: 2, until: (n: Anything) => eq(n, 1) },
      );
      return leaked;
    },
  ],
  [
    'out of a choose case',
    'SK111',
    (i) => {
      choose([[i.b, () => keep(num(1))]]);
      return leaked;
    },
  ],
  [
    'from then into otherwise',
    'SK111',
    (i) =>
      when(
        i.b,
        () => {
          keep(num(1));
          return 1;
        },
        () => leaked,
      ),
  ],
  [
    'a condition about an item',
    'SK111',
    (i) => {
      map(i.list, (one: Anything) => keep(eq(one.key, 'a')));
      return when(leaked, () => 1);
    },
  ],
  [
    'into another workflow',
    'SK111',
    () => {
      return leaked;
    },
  ],
];

export const VALUES: readonly Misuse[] = [
  ['cyclic', 'SK112', () => num(cyclic())],
  ['too deep', 'SK112', () => num(deep(51))],
  ['a condition as a value', 'SK113', (i) => eq(i.n, 1)],
  ['a condition inside a literal', 'SK113', (i) => num({ flag: present(i.n) })],
  ['Date', 'SK114', () => num(new Date(0))],
  ['NaN', 'SK114', () => num(Number.NaN)],
  ['Infinity', 'SK114', () => num({ limit: Number.POSITIVE_INFINITY })],
  ['bigint', 'SK114', () => num(1n)],
  ['symbol', 'SK114', () => num(Symbol('a'))],
  ['function', 'SK114', () => num(() => 1)],
  ['class instance', 'SK114', () => num(new Point())],
  ['Map', 'SK114', () => num(new Map())],
  ['Uint8Array', 'SK114', () => num(new Uint8Array(2))],
  ["a '.$' key", 'SK115', (i) => ({ 'a.$': i.n })],
  ["a '.$' key in a plain literal", 'SK115', () => num({ list: [{ 'a.$b': 1 }] })],
];
