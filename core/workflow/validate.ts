import type { Json } from '../json.ts';
import { CAPS } from './caps.ts';
import { refuse } from './diagnostic.ts';
import { COMPARISONS, KINDS, type Kind, type WorkflowIR } from './ir.ts';
import { carriableKey, errorName, plainName, readableKey, stepName } from './names.ts';
import { RETRY_BOUNDS } from './retry.ts';

/**
 * Checks that a JSON value is an IR: its shape, its names, its ids and what each expression may see. `reads` may be absent.
 *
 * @throws DefinitionError (SK2xx) saying where, such as `$.body.nodes[2].items.path[0]`.
 */
export function validateIR(value: unknown): Omit<WorkflowIR, 'reads'> {
  const ir = fields(value, '$', ['ir', 'name', 'body'], ['description', 'reads']);
  if (ir.ir !== 1) refuse('SK201', '$.ir', `the version must be 1, not ${show(ir.ir)}`);
  if (!plainName(ir.name)) refuse('SK201', '$.name', `${show(ir.name)} is no name`);
  if (ir.description !== undefined) text(ir.description, '$.description');
  readsList(ir.reads, '$.reads');
  block(ir.body, '$.body', { names: new Set(['in']), up: undefined }, { ids: new Set(), depth: 0 });
  const { name, description, body } = ir as unknown as WorkflowIR;
  return { ir: 1, name, ...(description !== undefined && { description }), body };
}

interface Visible {
  readonly names: Set<string>;
  readonly up: Visible | undefined;
}
interface Seen {
  readonly ids: Set<string>;
  readonly depth: number;
}
type Fields = Readonly<Record<string, unknown>>;

function block(value: unknown, at: string, up: Visible, seen: Seen, bound: readonly string[] = []): void {
  if (seen.depth >= CAPS.depth) refuse('SK303', at, `blocks deeper than ${CAPS.depth}`);
  const { nodes, out } = fields(value, at, ['nodes', 'out'], []);
  const visible: Visible = { names: new Set(bound), up };
  const inside: Seen = { ids: seen.ids, depth: seen.depth + 1 };
  list(nodes, `${at}.nodes`).forEach((one, index) => {
    const id = node(one, `${at}.nodes[${index}]`, visible, inside);
    visible.names.add(id);
  });
  expr(out, `${at}.out`, visible);
}

/** The fields of each kind beside `kind` and `id`: those that must be there, and those that may. */
const FIELDS: Readonly<Record<Kind, readonly [must: readonly string[], may: readonly string[]]>> = {
  task: [
    ['step', 'input'],
    ['retry', 'timeout', 'large', 'reads'],
  ],
  map: [['items', 'body'], ['concurrency']],
  parallel: [['branches'], []],
  choose: [['cases', 'else'], []],
  attempt: [['body', 'rescue'], ['on']],
  sleep: [['seconds'], []],
  waitFor: [['event'], ['timeout', 'reads']],
  repeat: [['init', 'body', 'until', 'max'], []],
  run: [['workflow', 'input', 'body'], []],
  fail: [['error', 'message'], ['data']],
};

type Check = (node: Fields, at: string, visible: Visible, seen: Seen, id: string) => void;

const CHECKS: Readonly<Record<Kind, Check>> = {
  task: (n, at, visible) => {
    if (!stepName(n.step)) refuse('SK201', `${at}.step`, `${show(n.step)} is no name`);
    expr(n.input, `${at}.input`, visible);
    if (n.retry !== undefined) retry(n.retry, `${at}.retry`);
    if (n.timeout !== undefined) whole(n.timeout, `${at}.timeout`, 1, RETRY_BOUNDS.cap);
    if (n.large !== undefined && typeof n.large !== 'boolean') refuse('SK201', `${at}.large`, 'a boolean is wanted');
    readsList(n.reads, `${at}.reads`);
  },
  map: (n, at, visible, seen, id) => {
    expr(n.items, `${at}.items`, visible);
    if (n.concurrency !== undefined) whole(n.concurrency, `${at}.concurrency`, 1, CAPS.concurrency);
    block(n.body, `${at}.body`, visible, seen, [`${id}.item`, `${id}.index`]);
  },
  parallel: (n, at, visible, seen) =>
    list(n.branches, `${at}.branches`).forEach((one, i) => block(one, `${at}.branches[${i}]`, visible, seen)),
  choose: (n, at, visible, seen) => {
    list(n.cases, `${at}.cases`).forEach((one, i) => {
      const where = `${at}.cases[${i}]`;
      const { if: test, then } = fields(one, where, ['if', 'then'], []);
      cond(test, `${where}.if`, visible);
      block(then, `${where}.then`, visible, seen);
    });
    block(n.else, `${at}.else`, visible, seen);
  },
  attempt: (n, at, visible, seen, id) => {
    block(n.body, `${at}.body`, visible, seen);
    if (n.on !== undefined) errorNames(n.on, `${at}.on`);
    block(n.rescue, `${at}.rescue`, visible, seen, [`${id}.error`]);
  },
  sleep: (n, at, visible) => expr(n.seconds, `${at}.seconds`, visible),
  waitFor: (n, at) => {
    if (!plainName(n.event)) refuse('SK201', `${at}.event`, `${show(n.event)} is no name`);
    if (n.timeout !== undefined) whole(n.timeout, `${at}.timeout`, 1, RETRY_BOUNDS.cap);
    readsList(n.reads, `${at}.reads`);
  },
  repeat: (n, at, visible, seen, id) => {
    const bound = [`${id}.state`, `${id}.index`];
    expr(n.init, `${at}.init`, visible);
    block(n.body, `${at}.body`, visible, seen, bound);
    cond(n.until, `${at}.until`, { names: new Set(bound), up: visible });
    whole(n.max, `${at}.max`, 1, CAPS.repeats);
  },
  run: (n, at, visible, seen, id) => {
    if (!plainName(n.workflow)) refuse('SK201', `${at}.workflow`, `${show(n.workflow)} is no name`);
    expr(n.input, `${at}.input`, visible);
    block(n.body, `${at}.body`, visible, seen, [`${id}.in`]);
  },
  fail: (n, at, visible) => {
    if (typeof n.error !== 'string') expr(n.error, `${at}.error`, visible);
    else if (!errorName(n.error)) refuse('SK201', `${at}.error`, `${show(n.error)} is no error name`);
    expr(n.message, `${at}.message`, visible);
    if (n.data !== undefined) expr(n.data, `${at}.data`, visible);
  },
};

function node(value: unknown, at: string, visible: Visible, seen: Seen): string {
  const kind = record(value, at).kind as Kind;
  if (!KINDS.includes(kind)) refuse('SK201', `${at}.kind`, `${show(kind)} is none of ${KINDS.join(', ')}`);
  const [must, may] = FIELDS[kind];
  const node = fields(value, at, ['kind', 'id', ...must], may);
  const { id } = node;
  if (!plainName(id)) return refuse('SK201', `${at}.id`, `${show(id)} is no id`);
  if (seen.ids.has(id)) refuse('SK203', `${at}.id`, `'${id}'`);
  if (seen.ids.size >= CAPS.nodes) refuse('SK303', at, `more than ${CAPS.nodes} nodes`);
  seen.ids.add(id);
  CHECKS[kind](node, at, visible, seen, id);
  return id;
}

function expr(value: unknown, at: string, visible: Visible, depth = 0): void {
  if (depth > CAPS.literalDepth) refuse('SK112', at, `below depth ${CAPS.literalDepth}`);
  const found = record(value, at);
  if ('lit' in found) {
    fields(value, at, ['lit'], []);
    json(found.lit, `${at}.lit`, 0);
  } else if ('ref' in found) {
    fields(value, at, ['ref'], ['path']);
    if (typeof found.ref !== 'string' || !sees(visible, found.ref)) refuse('SK204', `${at}.ref`, show(found.ref));
    if (found.path !== undefined) list(found.path, `${at}.path`).forEach((key, i) => pathKey(key, `${at}.path[${i}]`));
  } else if ('len' in found) {
    fields(value, at, ['len'], []);
    expr(found.len, `${at}.len`, visible, depth + 1);
  } else if ('arr' in found) {
    fields(value, at, ['arr'], []);
    list(found.arr, `${at}.arr`).forEach((item, i) => expr(item, `${at}.arr[${i}]`, visible, depth + 1));
  } else if ('obj' in found) {
    fields(value, at, ['obj'], []);
    const keys = list(found.obj, `${at}.obj`).map((pair, i) => {
      const where = `${at}.obj[${i}]`;
      const [key, item, ...rest] = list(pair, where);
      if (typeof key !== 'string' || rest.length > 0)
        return refuse('SK201', where, 'a pair [key, expression] is wanted');
      objectKey(key, where);
      expr(item, `${where}[1]`, visible, depth + 1);
      return key;
    });
    const twice = keys.find((key, i) => keys.indexOf(key) !== i);
    if (twice !== undefined) refuse('SK201', `${at}.obj`, `the key ${show(twice)} comes twice`);
  } else refuse('SK201', at, 'an expression is { lit }, { ref, path? }, { len }, { arr } or { obj }');
}

function cond(value: unknown, at: string, visible: Visible, depth = 0): void {
  if (depth > CAPS.literalDepth) refuse('SK112', at, `below depth ${CAPS.literalDepth}`);
  const found = record(value, at);
  const every = (key: 'and' | 'or'): void => {
    fields(value, at, [key], []);
    list(found[key], `${at}.${key}`).forEach((one, i) => cond(one, `${at}.${key}[${i}]`, visible, depth + 1));
  };
  if ('cmp' in found) {
    fields(value, at, ['cmp', 'a', 'b'], []);
    if (!COMPARISONS.some((one) => one === found.cmp))
      refuse('SK201', `${at}.cmp`, `${show(found.cmp)} is none of ${COMPARISONS.join(', ')}`);
    expr(found.a, `${at}.a`, visible);
    expr(found.b, `${at}.b`, visible);
  } else if ('and' in found) every('and');
  else if ('or' in found) every('or');
  else if ('not' in found) {
    fields(value, at, ['not'], []);
    cond(found.not, `${at}.not`, visible, depth + 1);
  } else if ('present' in found) {
    fields(value, at, ['present'], []);
    expr(found.present, `${at}.present`, visible);
  } else if ('truthy' in found) {
    fields(value, at, ['truthy'], []);
    expr(found.truthy, `${at}.truthy`, visible);
  } else refuse('SK201', at, 'a condition is { cmp, a, b }, { and }, { or }, { not }, { present } or { truthy }');
}

function json(value: unknown, at: string, depth: number): asserts value is Json {
  if (depth > CAPS.literalDepth) refuse('SK112', at, `below depth ${CAPS.literalDepth}`);
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (Array.isArray(value)) value.forEach((item, i) => json(item, `${at}[${i}]`, depth + 1));
  else if (typeof value === 'object')
    for (const [key, item] of Object.entries(value)) {
      objectKey(key, at);
      json(item, `${at}.${key}`, depth + 1);
    }
  else refuse('SK114', at, `a ${typeof value}`);
}

function retry(value: unknown, at: string): void {
  const found = fields(value, at, ['attempts', 'seconds', 'rate'], ['cap', 'on', 'not']);
  whole(found.attempts, `${at}.attempts`, 1, RETRY_BOUNDS.attempts);
  whole(found.seconds, `${at}.seconds`, 1, RETRY_BOUNDS.seconds);
  const { rate } = found;
  if (typeof rate !== 'number' || !(rate >= 1 && rate <= RETRY_BOUNDS.rate))
    refuse('SK201', `${at}.rate`, `a number from 1 to ${RETRY_BOUNDS.rate} is wanted, not ${show(rate)}`);
  if (found.cap !== undefined) whole(found.cap, `${at}.cap`, 1, RETRY_BOUNDS.cap);
  if (found.on !== undefined) errorNames(found.on, `${at}.on`);
  if (found.not !== undefined) errorNames(found.not, `${at}.not`);
}

function pathKey(key: unknown, at: string): void {
  const index = Number.isSafeInteger(key) && (key as number) >= 0;
  if (!index && !(typeof key === 'string' && readableKey(key))) refuse('SK107', at, show(key));
}

function objectKey(key: string, at: string): void {
  if (!carriableKey(key)) refuse('SK115', at, show(key));
}

function errorNames(value: unknown, at: string): void {
  list(value, at).forEach((name, i) => {
    if (!errorName(name)) refuse('SK201', `${at}[${i}]`, `${show(name)} is no error name`);
  });
}

/** Only the shape: what it says is derived from the body again. */
function readsList(value: unknown, at: string): void {
  if (value !== undefined) list(value, at).forEach((path, i) => list(path, `${at}[${i}]`));
}

function sees(visible: Visible | undefined, name: string): boolean {
  for (let scope = visible; scope; scope = scope.up) if (scope.names.has(name)) return true;
  return false;
}

function record(value: unknown, at: string): Fields {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Fields;
  return refuse('SK201', at, `an object is wanted, not ${show(value)}`);
}

function fields(value: unknown, at: string, must: readonly string[], may: readonly string[]): Fields {
  const found = record(value, at);
  for (const key of must) if (!Object.hasOwn(found, key)) refuse('SK201', at, `the field '${key}' is missing`);
  for (const key of Object.keys(found))
    if (!must.includes(key) && !may.includes(key))
      refuse('SK202', `${at}.${key}`, `known: ${[...must, ...may].join(', ')}`);
  return found;
}

function list(value: unknown, at: string): readonly unknown[] {
  return Array.isArray(value) ? value : refuse('SK201', at, `an array is wanted, not ${show(value)}`);
}

function text(value: unknown, at: string): void {
  if (typeof value !== 'string') refuse('SK201', at, `a string is wanted, not ${show(value)}`);
}

function whole(value: unknown, at: string, min: number, max: number): void {
  if (!(Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max))
    refuse('SK201', at, `a whole number from ${min} to ${max} is wanted, not ${show(value)}`);
}

function show(value: unknown): string {
  const shown =
    typeof value === 'object' && value !== null
      ? Array.isArray(value)
        ? 'an array'
        : 'an object'
      : JSON.stringify(value);
  return (shown ?? String(value)).slice(0, 80);
}
