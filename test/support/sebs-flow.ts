import { z } from 'zod';
import type { StepCode } from '../../core/index.ts';
import type { Block, Expr, Node, WorkflowIR } from '../../core/workflow/ir.ts';

/**
 * The workflow definitions of SeBS-Flow, as far as the fixtures use them. A payload goes through the states: a `task` replaces
 * it, a `repeat` does so `count` times, and a `map` replaces one property of it, item by item.
 * https://github.com/spcl/serverless-benchmarks/blob/1314695d94a7f30824bd8c301971f2c7564caec4/docs/workflows.md
 */
const next = z.string().optional();
const task = z.strictObject({ type: z.literal('task'), func_name: z.string(), next });
const repeat = z.strictObject({ type: z.literal('repeat'), func_name: z.string(), count: z.int().min(1), next });
const map = z.strictObject({
  type: z.literal('map'),
  root: z.string(),
  array: z.string(),
  get states() {
    return z.record(z.string(), state);
  },
  next,
});
const state = z.discriminatedUnion('type', [task, repeat, map], {
  error: ({ input }) => `no state of a known type: ${JSON.stringify(input)}`,
});
const machine = z.strictObject({ root: z.string(), states: z.record(z.string(), state) });

type State = z.infer<typeof state>;
type Machine = Pick<z.infer<typeof machine>, 'root' | 'states'>;
/** The variable of the IR that holds it. */
type Payload = { readonly ref: string };
type Fresh = (name: string) => string;

/**
 * Expressions of the IR make objects of known properties only, so that an array goes back into its payload by a step of the
 * translator's own. The benchmark's functions cannot have its name: SeBS writes theirs as Python modules.
 */
const PUT_BACK = 'put back';

export interface Translated {
  readonly ir: WorkflowIR;
  /** The steps that the translation itself needs. */
  readonly steps: Readonly<Record<string, StepCode>>;
}

/**
 * Translates a definition of SeBS-Flow state by state.
 *
 * @throws Error naming the place and the type, field or state that it does not know.
 */
export function fromSebs(name: string, definition: unknown): Translated {
  const parsed = machine.safeParse(definition);
  if (!parsed.success) throw new Error(`${name}: ${z.prettifyError(parsed.error)}`);
  const body = blockOf(parsed.data, { ref: 'in' }, freshIds());
  return {
    ir: { ir: 1, name, reads: [], body },
    steps: { [PUT_BACK]: (input) => putBack.parse(input) },
  };
}

const putBack = z
  .object({ payload: z.record(z.string(), z.json()), key: z.string(), value: z.json() })
  .transform(({ payload, key, value }) => ({ ...payload, [key]: value }));

function blockOf({ root, states }: Machine, input: Payload, fresh: Fresh): Block {
  const nodes: Node[] = [];
  const seen = new Set<string>();
  let payload = input;
  for (let at: string | undefined = root; at !== undefined; at = states[at]?.next) {
    const found = Object.hasOwn(states, at) ? states[at] : undefined;
    if (found === undefined) throw new Error(`there is no state '${at}'`);
    if (seen.has(at)) throw new Error(`state '${at}' comes after itself`);
    seen.add(at);
    const made = nodesOf(at, found, payload, fresh);
    nodes.push(...made);
    payload = { ref: made.at(-1)!.id };
  }
  const lost = Object.keys(states).find((one) => !seen.has(one));
  if (lost !== undefined) throw new Error(`nothing leads to state '${lost}'`);
  return { nodes, out: payload };
}

/** The nodes that a state becomes; the result of the last one is the payload after it. */
function nodesOf(name: string, state: State, payload: Payload, fresh: Fresh): readonly Node[] {
  const id = fresh(name);
  switch (state.type) {
    case 'task':
      return [call(id, state.func_name, payload)];
    case 'repeat': {
      const round = call(fresh(`${name}-round`), state.func_name, { ref: `${id}.state` });
      const body = { nodes: [round], out: { ref: round.id } };
      return [{ kind: 'repeat', id, init: payload, body, until: { truthy: { lit: false } }, max: state.count }];
    }
    case 'map': {
      const items = { ...payload, path: [state.array] };
      const whole: Expr = {
        obj: [
          ['payload', payload],
          ['key', { lit: state.array }],
          ['value', { ref: id }],
        ],
      };
      return [
        { kind: 'map', id, items, body: blockOf(state, { ref: `${id}.item` }, fresh) },
        call(fresh(`${name}-back`), PUT_BACK, whole),
      ];
    }
  }
}

function call(id: string, step: string, input: Expr): Node {
  return { kind: 'task', id, step, input, reads: [] };
}

/** SeBS's names are unique in their own block only. */
function freshIds(): Fresh {
  const taken = new Set<string>();
  return (name) => {
    const plain = name.replace(/[^A-Za-z0-9_-]/g, '_');
    let id = plain;
    for (let n = 1; taken.has(id); n++) id = `${plain}_${n}`;
    taken.add(id);
    return id;
  };
}
