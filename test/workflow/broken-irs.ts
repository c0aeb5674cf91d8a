import type { Json } from '../../core/index.ts';
import type { DiagnosticCode } from '../../core/workflow/diagnostic.ts';

const lit = (value: Json): Json => ({ lit: value });
const block = (out: Json, ...nodes: Json[]): Json => ({ nodes, out });
const task = (id: string, input: Json = lit(0), more: { [key: string]: Json } = {}): Json => ({
  ...{ kind: 'task', id, step: 'echo', input },
  ...more,
});

/** A good IR with a node of every kind. */
export const GOOD: Json = {
  ir: 1,
  name: 'good',
  description: 'every kind of node',
  reads: [],
  body: block(
    {
      obj: [
        ['a', { ref: 't' }],
        ['b', { arr: [{ len: { ref: 'm' } }, lit([1, { x: null }])] }],
      ],
    },
    task(
      't',
      { ref: 'in', path: ['list', 0, 'key'] },
      {
        retry: { attempts: 3, seconds: 1, rate: 2, cap: 60, on: ['A'], not: ['B'] },
        timeout: 5,
        large: false,
        reads: [],
      },
    ),
    {
      kind: 'map',
      id: 'm',
      items: { ref: 'in', path: ['list'] },
      concurrency: 2,
      body: block({ ref: 'u' }, task('u', { ref: 'm.item' })),
    },
    { kind: 'parallel', id: 'p', branches: [block({ ref: 'v' }, task('v')), block(lit(1))] },
    {
      kind: 'choose',
      id: 'c',
      cases: [
        {
          if: { and: [{ cmp: 'eq', a: { ref: 't' }, b: lit(1) }, { or: [{ truthy: { ref: 't' } }] }] },
          then: block({ ref: 'w' }, task('w')),
        },
        { if: { not: { present: { ref: 'in', path: ['x'] } } }, then: block(lit(1)) },
      ],
      else: block(lit(null)),
    },
    {
      kind: 'attempt',
      id: 'a',
      on: ['A'],
      body: block({ ref: 'x' }, task('x')),
      rescue: block({ ref: 'a.error', path: ['name'] }),
    },
    { kind: 'sleep', id: 's', seconds: lit(1) },
    { kind: 'waitFor', id: 'e', event: 'go', timeout: 5, reads: [] },
    {
      kind: 'repeat',
      id: 'r',
      init: lit(0),
      max: 3,
      body: block({ ref: 'y' }, task('y', { ref: 'r.state' })),
      until: { cmp: 'gte', a: { ref: 'r.state' }, b: { ref: 'r.index' } },
    },
    { kind: 'run', id: 'k', workflow: 'child', input: lit(1), body: block({ ref: 'z' }, task('z', { ref: 'k.in' })) },
    { kind: 'fail', id: 'f', error: 'Oops', message: lit('m'), data: lit(1) },
  ),
};

export const GONE = Symbol('the field is removed');
/** What is put where, and the code that it is refused with. `where` is the path unless it says otherwise. */
export type Broken = readonly [
  path: string,
  value: Json | undefined | typeof GONE,
  code: DiagnosticCode,
  where?: string,
];

const T = '$.body.nodes[0]';
const M = '$.body.nodes[1]';
const P = '$.body.nodes[2]';
const C = '$.body.nodes[3]';
const A = '$.body.nodes[4]';
const R = '$.body.nodes[7]';
const K = '$.body.nodes[8]';
const F = '$.body.nodes[9]';

const nested = (levels: number, inside: Json, wrap: (inner: Json) => Json): Json =>
  levels === 0 ? inside : nested(levels - 1, wrap(inside), wrap);
const deepBlocks = (levels: number): Json =>
  levels === 0
    ? block(lit(0))
    : block(lit(0), { kind: 'run', id: `d${levels}`, workflow: 'd', input: lit(0), body: deepBlocks(levels - 1) });
const proto = JSON.parse('{"__proto__": {"polluted": true}}') as Json;

export const SHAPES: readonly Broken[] = [
  ['$', null, 'SK201'],
  ['$', [], 'SK201'],
  ['$', 'good', 'SK201'],
  ['$.ir', GONE, 'SK201', '$'],
  ['$.ir', 2, 'SK201'],
  ['$.ir', '1', 'SK201'],
  ['$.name', GONE, 'SK201', '$'],
  ['$.name', '', 'SK201'],
  ['$.name', 'a/b', 'SK201'],
  ['$.name', 'in', 'SK201'],
  ['$.name', '__proto__', 'SK201'],
  ['$.name', 'a'.repeat(81), 'SK201'],
  ['$.description', 3, 'SK201'],
  ['$.reads', 'all', 'SK201'],
  ['$.reads', ['a'], 'SK201', '$.reads[0]'],
  ['$.extra', 1, 'SK202'],
  ['$.body', GONE, 'SK201', '$'],
  ['$.body', [], 'SK201'],
  ['$.body.nodes', GONE, 'SK201', '$.body'],
  ['$.body.nodes', {}, 'SK201'],
  ['$.body.out', GONE, 'SK201', '$.body'],
  ['$.body.result', 1, 'SK202'],
  [T, null, 'SK201'],
  [`${T}.kind`, 'tasks', 'SK201'],
  [`${T}.kind`, 'constructor', 'SK201'],
  [`${T}.kind`, GONE, 'SK201', `${T}.kind`],
  [`${T}.kind`, 'map', 'SK201', T],
  [`${T}.id`, GONE, 'SK201', T],
  [`${T}.id`, 7, 'SK201'],
  [`${T}.id`, 'in', 'SK201'],
  [`${T}.id`, 'm.item', 'SK201'],
  [`${T}.id`, '__proto__', 'SK201'],
  [`${T}.retries`, 3, 'SK202'],
  [`${T}.step`, GONE, 'SK201', T],
  [`${T}.step`, 'a/b', 'SK201'],
  [`${T}.step`, null, 'SK201'],
  [`${T}.input`, GONE, 'SK201', T],
  [`${T}.timeout`, 0, 'SK201'],
  [`${T}.timeout`, 1.5, 'SK201'],
  [`${T}.large`, 'yes', 'SK201'],
  [`${T}.reads`, {}, 'SK201'],
  [`${T}.retry`, 3, 'SK201'],
  [`${T}.retry.attempts`, GONE, 'SK201', `${T}.retry`],
  [`${T}.retry.attempts`, 0, 'SK201'],
  [`${T}.retry.attempts`, 101, 'SK201'],
  [`${T}.retry.attempts`, '3', 'SK201'],
  [`${T}.retry.seconds`, 0.5, 'SK201'],
  [`${T}.retry.rate`, 0, 'SK201'],
  [`${T}.retry.rate`, null, 'SK201'],
  [`${T}.retry.cap`, -1, 'SK201'],
  [`${T}.retry.on`, 'A', 'SK201'],
  [`${T}.retry.on`, ['A', 3], 'SK201', `${T}.retry.on[1]`],
  [`${T}.retry.not`, ['States.ALL'], 'SK201', `${T}.retry.not[0]`],
  [`${T}.retry.jitter`, true, 'SK202'],
  [`${M}.concurrency`, 0, 'SK201'],
  [`${M}.concurrency`, 10_001, 'SK201'],
  [`${M}.items`, [1], 'SK201'],
  [`${P}.branches`, {}, 'SK201'],
  [`${P}.branches[1].out`, GONE, 'SK201', `${P}.branches[1]`],
  [`${C}.else`, GONE, 'SK201', C],
  [`${C}.cases[0].then`, GONE, 'SK201', `${C}.cases[0]`],
  [`${C}.cases[0].when`, 1, 'SK202'],
  [`${C}.cases[0].if`, true, 'SK201'],
  [`${C}.cases[0].if`, {}, 'SK201'],
  [`${C}.cases[0].if.and[0].cmp`, 'like', 'SK201'],
  [`${C}.cases[0].if.and[0].b`, GONE, 'SK201', `${C}.cases[0].if.and[0]`],
  [`${C}.cases[0].if.and[1].or`, {}, 'SK201'],
  [`${C}.cases[1].if.not`, [], 'SK201'],
  [`${A}.on`, 'A', 'SK201'],
  [`${A}.rescue`, GONE, 'SK201', A],
  ['$.body.nodes[5].seconds', 5, 'SK201'],
  ['$.body.nodes[6].event', 'a b', 'SK201'],
  ['$.body.nodes[6].timeout', 'P1D', 'SK201'],
  [`${R}.max`, GONE, 'SK201', R],
  [`${R}.max`, 0, 'SK201'],
  [`${R}.max`, 10_001, 'SK201'],
  [`${K}.workflow`, 3, 'SK201'],
  [`${F}.error`, '', 'SK201'],
  [`${F}.error`, 'States.Timeout', 'SK201'],
  [`${F}.message`, 'm', 'SK201'],
  ['$.body.out', { lit: 1, ref: 'in' }, 'SK202', '$.body.out.ref'],
  ['$.body.out', { value: 1 }, 'SK201'],
  ['$.body.out.obj[0]', ['a'], 'SK201', '$.body.out.obj[0][1]'],
  ['$.body.out.obj[0]', ['a', lit(1), 3], 'SK201'],
  ['$.body.out.obj[0]', [1, lit(1)], 'SK201'],
  ['$.body.out.obj[1][0]', 'a', 'SK201', '$.body.out.obj[1]'],
];

export const MEANINGS: readonly Broken[] = [
  [`${M}.id`, 't', 'SK203'],
  [`${M}.body.nodes[0].id`, 't', 'SK203'],
  [`${C}.cases[0].then.nodes[0].id`, 'v', 'SK203'],
  [`${T}.input`, { ref: 'nobody' }, 'SK204', `${T}.input.ref`],
  [`${T}.input`, { ref: 3 }, 'SK204', `${T}.input.ref`],
  [`${T}.input`, { ref: '__proto__' }, 'SK204', `${T}.input.ref`],
  [`${T}.input`, { ref: 't' }, 'SK204', `${T}.input.ref`],
  [`${T}.input`, { ref: 'm' }, 'SK204', `${T}.input.ref`],
  [`${T}.input`, { len: { ref: 'm.item' } }, 'SK204', `${T}.input.len.ref`],
  [`${M}.items`, { ref: 'm.item' }, 'SK204', `${M}.items.ref`],
  [`${P}.branches[1].out`, { ref: 'v' }, 'SK204', `${P}.branches[1].out.ref`],
  [`${P}.branches[0].out`, { ref: 'u' }, 'SK204', `${P}.branches[0].out.ref`],
  [`${C}.cases[1].if`, { present: { ref: 'w' } }, 'SK204', `${C}.cases[1].if.present.ref`],
  [`${C}.else.out`, { ref: 'w' }, 'SK204', `${C}.else.out.ref`],
  [`${A}.rescue.out`, { ref: 'x' }, 'SK204', `${A}.rescue.out.ref`],
  [`${A}.body.out`, { ref: 'a.error' }, 'SK204', `${A}.body.out.ref`],
  [`${R}.init`, { ref: 'r.state' }, 'SK204', `${R}.init.ref`],
  [`${R}.until`, { truthy: { ref: 'y' } }, 'SK204', `${R}.until.truthy.ref`],
  [`${K}.input`, { ref: 'k.in' }, 'SK204', `${K}.input.ref`],
  ['$.body.out', { arr: [lit(1), { ref: 'm.index' }] }, 'SK204', '$.body.out.arr[1].ref'],
  [`${T}.input.path[0]`, "it's", 'SK107'],
  [`${T}.input.path[0]`, '__proto__', 'SK107'],
  [`${T}.input.path[0]`, '', 'SK107'],
  [`${T}.input.path[0]`, -1, 'SK107'],
  [`${T}.input.path[0]`, 0.5, 'SK107'],
  [`${T}.input.path[0]`, null, 'SK107'],
  [`${T}.input.path`, 'list', 'SK201'],
  ['$.body.out.obj[0][0]', 'a.$', 'SK115', '$.body.out.obj[0]'],
  [`${T}.input`, lit({ 'x.$': 1 }), 'SK115', `${T}.input.lit`],
  [`${T}.input`, lit(nested(52, 1, (inner) => [inner])), 'SK112'],
  [`${T}.input`, nested(52, lit(1), (inner) => ({ arr: [inner] })), 'SK112'],
  [`${C}.cases[0].if`, nested(52, { truthy: lit(true) }, (inner) => ({ not: inner })), 'SK112'],
  [`${T}.input`, nested(600, 1, (inner) => [inner]), 'SK303'],
  [`${K}.body`, deepBlocks(30), 'SK303'],
  [`${M}.body`, block(lit(0), ...Array.from({ length: 2000 }, (_, i) => task(`many${i}`))), 'SK303'],
  [`${T}.input`, lit('x'.repeat(1_100_000)), 'SK303'],
  [`${T}.step`, 'unknown', 'SK205'],
  [`${M}.body.nodes[0]`, { kind: 'waitFor', id: 'u', event: 'go' }, 'SK301'],
  [`${T}.large`, true, 'SK302'],
  ['$.__proto__', proto, 'SK202'],
  [`${T}.__proto__`, proto, 'SK202'],
];
