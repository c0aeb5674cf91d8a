import type { Json } from '../../../core/json.ts';
import type { Expr, FailNode, Path, SleepNode, TaskNode, WaitForNode } from '../../../core/workflow/ir.ts';
import { RETRY_BOUNDS } from '../../../core/workflow/retry.ts';
import { catchers } from './catchers.ts';
import { aslName, causeOf, retriers } from './errors.ts';
import { constant, finalState, isConstant, template } from './expression.ts';
import { type Place, scratchSlot } from './place.ts';
import { assign, type Goal, resultPath } from './scope.ts';

/** The functions that states call. */
export interface Functions {
  /** The ARN of the Lambda function that runs a step. */
  arn(step: string): string;
  /** The ARN of the one that does what States Language has no words for. */
  readonly control: string;
  describe(step: string): string | undefined;
}

/** `run/node[/indices]`, as clause 12 has it. */
function keyOf(id: string, { rounds }: Place): string {
  const indices = rounds.map(() => '/{}').join('');
  return `States.Format('{}/${id}{}${indices}', ${['$.run', '$.at', ...rounds].join(', ')})`;
}

function identity(id: string, place: Place): { [field: string]: Json } {
  return { 'run.$': '$.run', 'key.$': keyOf(id, place) };
}

function readsOf(reads: readonly Path[]): { [field: string]: Json } {
  return reads.length === 0 ? {} : { reads: reads as unknown as Json };
}

export function addTask(node: TaskNode, place: Place, goal: Goal, { arn, describe }: Functions): void {
  const Parameters = {
    ...identity(node.id, place),
    'attempt.$': 'States.MathAdd($$.State.RetryCount, 1)',
    step: node.step,
    ...(template([['input', node.input]], place) as { [field: string]: Json }),
    ...(node.large && { large: true }),
    ...(node.timeout !== undefined && { timeout: node.timeout }),
    ...readsOf(node.reads),
  };
  const comment = describe(node.step);
  place.machine.add(node.id, {
    Type: 'Task',
    ...(comment !== undefined && { Comment: comment }),
    Resource: arn(node.step),
    Parameters,
    ...(node.timeout !== undefined && { TimeoutSeconds: node.timeout }),
    ResultPath: resultPath(goal),
    Retry: retriers(node.retry),
    ...catchers(place),
  });
}

export function addSleep(node: SleepNode, place: Place, goal: Goal, { control }: Functions): void {
  const known = isConstant(node.seconds) ? constant(node.seconds) : undefined;
  if (known === undefined) {
    const slot = scratchSlot(place);
    place.machine.add(`${node.id} rounds up`, {
      Type: 'Task',
      Comment: 'States Language cannot round; what is no number of seconds ends the run',
      Resource: control,
      Parameters: { ...identity(node.id, place), ...(template([['sleep', node.seconds]], place) as object) },
      ResultPath: `$.${slot}.v`,
      Retry: retriers(),
    });
    place.machine.add(node.id, { Type: 'Wait', SecondsPath: `$.${slot}.v` });
  } else if (typeof known !== 'number' || known < 0 || known > RETRY_BOUNDS.cap) {
    const message = `${node.id}: seconds must be a number from 0 to ${RETRY_BOUNDS.cap}`;
    place.machine.add(node.id, finalState({ name: 'InvalidInput', message }));
    return;
  } else if (known > 0) place.machine.add(node.id, { Type: 'Wait', Seconds: Math.ceil(known) });
  if (goal !== undefined) assign({ lit: null }, place, goal);
}

export function addWaitFor(node: WaitForNode, place: Place, goal: Goal, { control }: Functions): void {
  const Payload = {
    ...identity(node.id, place),
    event: node.event,
    'token.$': '$$.Task.Token',
    ...readsOf(node.reads),
  };
  place.machine.add(node.id, {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Parameters: { FunctionName: control, Payload },
    ...(node.timeout !== undefined && { TimeoutSeconds: node.timeout }),
    ResultPath: resultPath(goal),
    Retry: retriers(),
    ...catchers(place),
  });
}

export function addFail(node: FailNode, place: Place, { control }: Functions): void {
  const name: Expr = typeof node.error === 'string' ? { lit: node.error } : node.error;
  const data: Expr = node.data ?? { lit: null };
  const parts = [name, node.message, data];
  if (place.catchers.length === 0 && typeof node.error === 'string' && parts.every(isConstant)) {
    const message = constant(node.message);
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    const Cause = causeOf({ name: node.error, message: text, data: constant(data) });
    place.machine.add(node.id, { Type: 'Fail', Error: aslName(node.error), Cause });
    return;
  }
  const fail: Expr = {
    obj: [
      ['name', name],
      ['message', node.message],
      ['data', data],
    ],
  };
  place.machine.add(node.id, {
    Type: 'Task',
    Comment: 'States Language has no text for JSON that a Fail state could carry',
    Resource: control,
    Parameters: { ...identity(node.id, place), ...(template([['fail', fail]], place) as object) },
    Retry: retriers(),
    ...catchers(place),
  });
}
