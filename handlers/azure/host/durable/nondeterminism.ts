import { Failure } from '../../../../core/error.ts';
import { ACTION, type Action, EVENT, type Scheduled } from './protocol.ts';

/** The code does not schedule what the history says that it has scheduled. The message names the function and both. */
export function nonDeterminism(orchestrator: string, task: string, was: string, is: string): Failure {
  return new Failure({
    name: 'NonDeterministicOrchestration',
    message: `Orchestrator function '${orchestrator}' is not deterministic: ${task} is ${was} in its history, \
and its code now schedules ${is} there. Was it changed while this instance ran?`,
  });
}

/** Holds what the code asks for now against what it has asked for before. @throws Failure where they differ */
export function compareActions(orchestrator: string, before: readonly Action[], now: readonly Action[]): void {
  for (const [at, action] of before.entries()) {
    const difference = firstDifference(action, now[at]);
    if (difference === undefined) continue;
    const [was, is] = difference;
    throw nonDeterminism(orchestrator, `action ${at + 1}`, describeAction(was), describeAction(is));
  }
}

/** A word and a name for what an event of the history has scheduled. */
export function describeEvent(event: Scheduled): string {
  switch (event.EventType) {
    case EVENT.TaskScheduled:
      return `activity '${event.Name}'`;
    case EVENT.SubOrchestrationInstanceCreated:
      return `sub-orchestration '${event.Name}'`;
    case EVENT.TimerCreated:
      return 'a timer';
  }
}

/** The same for what the code asks for. */
function describeAction(action: Action | undefined): string {
  switch (action?.actionType) {
    case undefined:
      return 'nothing';
    case ACTION.CallActivity:
    case ACTION.CallActivityWithRetry:
      return `activity '${action.functionName}'`;
    case ACTION.CallSubOrchestrator:
    case ACTION.CallSubOrchestratorWithRetry:
      return `sub-orchestration '${action.functionName}'`;
    case ACTION.ContinueAsNew:
      return 'continue-as-new';
    case ACTION.CreateTimer:
      return 'a timer';
    case ACTION.WaitForExternalEvent:
      return `a wait for event '${action.externalEventName}'`;
    case ACTION.CallHttp:
      return `an HTTP call`;
    case ACTION.WhenAny:
      return `any of (${action.compoundActions.map(describeAction).join(', ')})`;
    case ACTION.WhenAll:
      return `all of (${action.compoundActions.map(describeAction).join(', ')})`;
    case ACTION.CallEntity:
    case ACTION.SignalEntity:
    case ACTION.ScheduledSignalEntity:
    case ACTION.LockEntities:
    case ACTION.ReleaseEntities:
      return 'an entity operation';
  }
}

/** The first pair of actions that differ, in the order in which they are scheduled. */
function firstDifference(was: Action, is: Action | undefined): [was: Action, is: Action | undefined] | undefined {
  if (is === undefined || was.actionType !== is.actionType) return [was, is];
  if ('functionName' in was && 'functionName' in is)
    return was.functionName === is.functionName ? undefined : [was, is];
  if ('externalEventName' in was && 'externalEventName' in is)
    return was.externalEventName === is.externalEventName ? undefined : [was, is];
  if (!('compoundActions' in was && 'compoundActions' in is)) return undefined;
  if (was.compoundActions.length !== is.compoundActions.length) return [was, is];
  for (const [at, action] of was.compoundActions.entries()) {
    const difference = firstDifference(action, is.compoundActions[at]);
    if (difference !== undefined) return difference;
  }
  return undefined;
}
