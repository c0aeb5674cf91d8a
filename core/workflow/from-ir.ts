import type { Json } from '../json.ts';
import { refuse } from './diagnostic.ts';
import { nodesOf } from './ir.ts';
import { withReads } from './reads.ts';
import { type StepContext, type StepDefinition, step } from './step.ts';
import { validateIR } from './validate.ts';
import { makeWorkflow, type Workflow } from './workflow.ts';

/** A step's bare code, or a declared step where its schema, resources or isolation matter. */
export type StepCode =
  | ((input: Json, context: StepContext) => Json | undefined | Promise<Json | undefined>)
  | { readonly definition: StepDefinition };

/**
 * Makes a workflow of an IR that came from elsewhere.
 *
 * @param ir JSON of the format that `docs/ir.md` describes; nothing about it is taken for granted.
 * @param steps the code of each step by name; what the IR says about retries and timeouts holds.
 * @throws DefinitionError (SK2xx, SK3xx).
 */
export function fromIR(ir: unknown, steps: Readonly<Record<string, StepCode>>): Workflow<Json, Json> {
  // A copy: what was validated cannot be changed by its giver afterwards.
  const valid = withReads(structuredClone(validateIR(ir)));
  const used = new Map<string, StepDefinition>();
  for (const node of nodesOf(valid.body)) {
    if (node.kind !== 'task' || used.has(node.step)) continue;
    const code = Object.hasOwn(steps, node.step) ? steps[node.step] : undefined;
    if (code === undefined) return refuse('SK205', `workflow '${valid.name}' > ${node.id}`, `'${node.step}'`);
    used.set(node.step, definitionOf(node.step, code));
  }
  return makeWorkflow({ ir: valid, input: undefined, public: false, steps: used, events: new Map() });
}

function definitionOf(name: string, code: StepCode): StepDefinition {
  if ('definition' in code) return code.definition;
  return step(name, { run: code as (input: unknown, context: StepContext) => unknown }).definition;
}
