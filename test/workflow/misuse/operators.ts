import { attempt, eq, gt, map, parallel } from '../../../core/index.ts';
import { type Anything, type Misuse, num } from './misuse.ts';

export const CONTROL: readonly Misuse[] = [
  [
    'if (ref)',
    'SK120',
    (i) => {
      if (i.b) return num(1);
      return 2;
    },
  ],
  ['ternary', 'SK120', (i) => (i.b ? 1 : 2)],
  ['&&', 'SK120', (i) => i.b && 3],
  ['||', 'SK120', (i) => (i.b || 3, 4)],
  ['!ref', 'SK120', (i) => !i.b],
  ['== null', 'SK120', (i) => i.n == null],
  ['=== value', 'SK120', (i) => i.n === 3],
  [
    'switch',
    'SK120',
    (i) => {
      switch (i.kind) {
        case 'a':
          return 1;
        default:
          return 2;
      }
    },
  ],
  ['typeof', 'SK120', (i) => typeof i.n === 'number'],
  ['instanceof', 'SK120', (i) => i.when instanceof Date],
  ['Array.isArray', 'SK120', (i) => Array.isArray(i.list)],
  [
    'if (condition)',
    'SK120',
    (i) => {
      if (eq(i.n, 1)) return 1;
      return 2;
    },
  ],
  ['!condition', 'SK120', (i) => !eq(i.n, 1)],
  [
    'while (condition) with a step',
    'SK120',
    (i) => {
      while (gt(i.n, 1)) num(1);
    },
  ],
  [
    'while (ref)',
    'SK120',
    (i) => {
      while (i.more) i.n;
    },
  ],
  [
    'a property read in a map and forgotten',
    'SK120',
    (i) =>
      map(i.list, (one: Anything) => {
        one.key;
        return 1;
      }),
  ],
];

export const OPERATORS: readonly Misuse[] = [
  ['template string', 'SK101', (i) => `${i.s}!`],
  ['+', 'SK101', (i) => i.n + 1],
  [
    '++',
    'SK101',
    (i) => {
      let { n } = i;
      n++;
      return n;
    },
  ],
  ['<', 'SK101', (i) => i.n < 1],
  ['== number', 'SK101', (i) => i.n == 1],
  ['String()', 'SK101', (i) => String(i.s)],
  ['Math.max', 'SK101', (i) => Math.max(i.n, 1)],
  ['.toString()', 'SK101', (i) => i.n.toString()],
  ['computed key', 'SK101', (i) => ({ [i.s]: 1 })],
  ['index by a Ref', 'SK101', (i) => ['a', 'b'][i.n]],
  ['JSON.stringify', 'SK102', (i) => JSON.stringify({ i })],
  ['await', 'SK103', async () => await num(1)],
  ['async run', 'SK103', async () => 1],
  ['async map body', 'SK103', (i) => map(i.list, async (one) => num(one))],
  [
    'async branch',
    'SK103',
    () =>
      parallel(
        async () => num(1),
        () => 2,
      ),
  ],
  [
    'async rescue',
    'SK103',
    () =>
      attempt(
        () => num(1),
        async () => 2,
      ),
  ],
  ['a promise as an argument', 'SK103', () => num(Promise.resolve(1))],
  ['.then', 'SK103', () => num(1).then((value: number) => value)],
];
