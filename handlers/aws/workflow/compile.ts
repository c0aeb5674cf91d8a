import { exceeds, type Json } from '../../../core/json.ts';
import { refuse } from '../../../core/workflow/diagnostic.ts';
import type { WorkflowIR } from '../../../core/workflow/ir.ts';
import type { Workflow } from '../../../core/workflow/workflow.ts';
import { absences } from './absence.ts';
import { machine } from './machine.ts';
import { type Compiling, nodeAdder } from './nodes.ts';
import type { Place } from './place.ts';
import { addBlock } from './scope.ts';
import { slots } from './slots.ts';

export interface CompileOptions {
  /** The ARN of the Lambda function that runs a step. */
  arn(step: string): string;
  /** The ARN of the Lambda function that `perform` answers for what States Language has no words for. */
  readonly control: string;
}

/** A state machine's definition, in JSONPath mode. */
export interface Definition {
  readonly Comment: string;
  readonly StartAt: string;
  readonly States: { readonly [name: string]: Json };
}

export interface Compiled {
  readonly asl: Definition;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html: 1 MB. */
const LARGEST_DEFINITION = 1_048_576;

/**
 * Compiles a workflow to Amazon States Language; `docs/decisions/` says how its values, errors and keys get there.
 *
 * The execution's name is the run's id, and its input is `startInput(ir, input)`.
 *
 * @throws DefinitionError where the definition is larger than Step Functions takes.
 */
export function compile(source: Workflow | WorkflowIR, options: CompileOptions): Compiled {
  const ir = 'ir' in source && typeof source.ir === 'object' ? source.ir : (source as WorkflowIR);
  const steps = 'steps' in source ? source.steps : undefined;
  const certainty = absences(ir);
  const compiling: Compiling = {
    names: new Set(),
    arn: options.arn,
    control: options.control,
    describe: (step) => steps?.get(step)?.description,
  };
  const main = machine(compiling.names);
  const free = slots();
  const input = free.take();
  const place: Place = {
    machine: main,
    slots: free,
    paths: new Map([['in', `$.${input}.v`]]),
    ...{ rounds: [], catchers: [], scratch: [], label: ir.name, certainty },
  };
  const Parameters = { 'run.$': '$$.Execution.Name', at: '', [input]: { 'v.$': '$.input' } };
  main.add(`${ir.name} start`, { Type: 'Pass', Parameters });
  const addNode = nodeAdder(compiling);
  const out = free.take();
  addBlock(ir.body, place, { slot: out }, addNode);
  main.finish(`${ir.name} out`, `$.${out}.v`);
  const asl = { Comment: ir.description ?? `workflow ${ir.name}`, ...main.toJson() };
  if (exceeds(asl, LARGEST_DEFINITION))
    refuse(
      'SK303',
      `workflow '${ir.name}'`,
      'as States Language it is over 1 MB, which is all that Step Functions takes',
    );
  return { asl };
}
