import { CAPS } from './caps.ts';
import { refuse } from './diagnostic.ts';
import { KINDS, type Kind, type WorkflowIR } from './ir.ts';
import { errorName, plainName, stepName } from './names.ts';
import { plainCopy } from './plain.ts';
import { RETRY_BOUNDS } from './retry.ts';
import { type Fields, fields, list, record, show, text, whole } from './shape.ts';
import { checkCond, checkExpr, type Visible } from './validate-expr.ts';

/**
 * Checks that a value is an IR, and gives a copy of it: its shape, its names, its ids and what each expression may see. `reads` may be absent.
 *
 * @throws DefinitionError saying where, such as `$.body.nodes[2].items.path[0]`.
 */
export function validateIR(value: unknown): Omit<WorkflowIR, 'reads'> {
  const ir = fields(plainCopy(value), '$', ['ir', 'name', 'body'], ['description', 'reads']);
  if (ir.ir !== 1) refuse('SK201', '$.ir', `the version must be 1, not ${show(ir.ir)}`);
  if (!plainName(ir.name)) refuse('SK201', '$.name', `${show(ir.name)} is no name`);
  if (ir.description !== undefined) text(ir.description, '$.description');
  readsList(ir.reads, '$.reads');
  block(ir.body, '$.body', { names: new Set(['in']), up: undefined }, { ids: new Set(), depth: 0 });
  const { name, description, body } = ir as unknown as WorkflowIR;
  return { ir: 1, name, ...(description !== undefined && { description }), body };
}

interface Seen {
  readonly ids: Set<string>;
  readonly depth: number;
}

function block(value: unknown, at: string, up: Visible, seen: Seen, bound: readonly string[] = []): void {
  if (seen.depth >= CAPS.depth) refuse('SK303', at, `blocks deeper than ${CAPS.depth}`);
  const { nodes, out } = fields(value, at, ['nodes', 'out'], []);
  const visible: Visible = { names: new Set(bound), up };
  const inside: Seen = { ids: seen.ids, depth: seen.depth + 1 };
  list(nodes, `${at}.nodes`).forEach((one, index) => {
    const id = node(one, `${at}.nodes[${index}]`, visible, inside);
    visible.names.add(id);
  });
  checkExpr(out, `${at}.out`, visible);
}

/** The fields of each kind beside `kind` and `id`: those that must be there, and those that may. */
const FIELDS: Readonly<Record<Kind, readonly [must: readonly string[], may: readonly string[]]>> = {
  task: [
    ['step', 'input'],
    ['retry', 'timeout', 'large', 'reads'],
  ],
  map: [
    ['items', 'body'],
    ['concurrency', 'wide'],
  ],
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
    checkExpr(n.input, `${at}.input`, visible);
    if (n.retry !== undefined) retry(n.retry, `${at}.retry`);
    if (n.timeout !== undefined) whole(n.timeout, `${at}.timeout`, 1, RETRY_BOUNDS.cap);
    if (n.large !== undefined && typeof n.large !== 'boolean') refuse('SK201', `${at}.large`, 'a boolean is wanted');
    readsList(n.reads, `${at}.reads`);
  },
  map: (n, at, visible, seen, id) => {
    checkExpr(n.items, `${at}.items`, visible);
    if (n.concurrency !== undefined) whole(n.concurrency, `${at}.concurrency`, 1, CAPS.concurrency);
    if (n.wide !== undefined && n.wide !== true) refuse('SK201', `${at}.wide`, 'true is wanted, or nothing');
    block(n.body, `${at}.body`, visible, seen, [`${id}.item`, `${id}.index`]);
  },
  parallel: (n, at, visible, seen) => {
    for (const [i, one] of list(n.branches, `${at}.branches`).entries())
      block(one, `${at}.branches[${i}]`, visible, seen);
  },
  choose: (n, at, visible, seen) => {
    list(n.cases, `${at}.cases`).forEach((one, i) => {
      const where = `${at}.cases[${i}]`;
      const { if: test, then } = fields(one, where, ['if', 'then'], []);
      checkCond(test, `${where}.if`, visible);
      block(then, `${where}.then`, visible, seen);
    });
    block(n.else, `${at}.else`, visible, seen);
  },
  attempt: (n, at, visible, seen, id) => {
    block(n.body, `${at}.body`, visible, seen);
    if (n.on !== undefined) errorNames(n.on, `${at}.on`);
    block(n.rescue, `${at}.rescue`, visible, seen, [`${id}.error`]);
  },
  sleep: (n, at, visible) => checkExpr(n.seconds, `${at}.seconds`, visible),
  waitFor: (n, at) => {
    if (!plainName(n.event)) refuse('SK201', `${at}.event`, `${show(n.event)} is no name`);
    if (n.timeout !== undefined) whole(n.timeout, `${at}.timeout`, 1, RETRY_BOUNDS.cap);
    readsList(n.reads, `${at}.reads`);
  },
  repeat: (n, at, visible, seen, id) => {
    const bound = [`${id}.state`, `${id}.index`];
    checkExpr(n.init, `${at}.init`, visible);
    block(n.body, `${at}.body`, visible, seen, bound);
    checkCond(n.until, `${at}.until`, { names: new Set(bound), up: visible });
    whole(n.max, `${at}.max`, 1, CAPS.repeats);
  },
  run: (n, at, visible, seen, id) => {
    if (!plainName(n.workflow)) refuse('SK201', `${at}.workflow`, `${show(n.workflow)} is no name`);
    checkExpr(n.input, `${at}.input`, visible);
    block(n.body, `${at}.body`, visible, seen, [`${id}.in`]);
  },
  fail: (n, at, visible) => {
    if (typeof n.error !== 'string') checkExpr(n.error, `${at}.error`, visible);
    else if (!errorName(n.error)) refuse('SK201', `${at}.error`, `${show(n.error)} is no error name`);
    checkExpr(n.message, `${at}.message`, visible);
    if (n.data !== undefined) checkExpr(n.data, `${at}.data`, visible);
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

function errorNames(value: unknown, at: string): void {
  list(value, at).forEach((name, i) => {
    if (!errorName(name)) refuse('SK201', `${at}[${i}]`, `${show(name)} is no error name`);
  });
}

/** Only the shape: what it says is derived from the body again. */
function readsList(value: unknown, at: string): void {
  if (value === undefined) return;
  for (const [i, path] of list(value, at).entries()) list(path, `${at}[${i}]`);
}
