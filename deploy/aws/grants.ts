import type { Json } from '../../core/json.ts';
import type { Access, Resource } from '../../core/resources/access.ts';
import type { Trigger } from '../../core/triggers/trigger.ts';
import { triggerQueue } from '../../core/triggers/trigger-queue.ts';
import { type ActionGrant, actionsByMethod, actionsFor } from '../../handlers/aws/resources/actions.ts';
import { deadLettersOf, executionArns, idOf, stateMachineArn } from './names.ts';
import type { Settings } from './settings.ts';
import { arnOf, ref, sub } from './template.ts';

/** A statement of an IAM policy that allows. */
export interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: Json;
}

type Grant = Omit<ActionGrant, 'on'> & { readonly on: ActionGrant['on'] | 'executions' };

const started: readonly Grant[] = [{ action: 'states:StartExecution', on: 'resource' }];
const seen: readonly Grant[] = [
  { action: 'states:DescribeExecution', on: 'executions' },
  { action: 'states:GetExecutionHistory', on: 'executions' },
];
const RUNS = { read: seen, write: started, all: [...started, ...seen] } as const;

/** What a trigger's code needs of the queue that its events wait in, to end one before the queue does. */
const ENDS = ['bury', 'release'] as const;

function grantsOf({ resource, mode }: Access<unknown>): readonly Grant[] {
  return resource.kind === 'workflow' ? RUNS[mode] : actionsFor(resource.kind, mode);
}

/** The statements that accesses come to: one for each part of a resource, its actions sorted and each named once. */
export function statementsFor(accesses: readonly Access<unknown>[], settings: Settings): readonly Statement[] {
  return statements(
    accesses.map((access) => [access.resource, grantsOf(access)]),
    settings,
  );
}

/** The same for who is handed the events of a trigger by its queue. Only of `consume` does the code end them itself. */
export function statementsForTrigger(trigger: Trigger, settings: Settings): readonly Statement[] {
  const byMethod = actionsByMethod('queue');
  const polling = POLLING.map((action) => ({ action, on: 'resource' }) as const);
  const ending = trigger.kind === 'consume' ? ENDS.flatMap((method) => byMethod[method] ?? []) : [];
  return statements([[triggerQueue(trigger), [...polling, ...ending]]], settings);
}

/** The same for management of queues. */
export function statementsForManagement(queues: readonly Resource[], settings: Settings): readonly Statement[] {
  const byMethod = actionsByMethod('queue');
  const grants = MANAGED.flatMap((method) => byMethod[method] ?? []);
  return statements(
    queues.map((queue) => [queue, grants] as const),
    settings,
  );
}

/** What management calls of a queue, see core/http/queues-api.ts. */
const MANAGED = ['depth', 'dead', 'redrive'] as const;

/** What an event source mapping does in the function's name: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const POLLING = ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'];

function statements(granted: readonly (readonly [Resource, readonly Grant[]])[], settings: Settings): Statement[] {
  const wanted = new Map<string, { readonly Resource: Json; readonly actions: Set<string> }>();
  for (const [resource, grants] of granted)
    for (const { action, on } of grants) {
      const key = `${resource.kind}/${resource.name}/${on}`;
      const entry = wanted.get(key) ?? { Resource: partOf(resource, on, settings), actions: new Set<string>() };
      entry.actions.add(action);
      wanted.set(key, entry);
    }
  return [...wanted]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { Resource, actions }]) => ({ Effect: 'Allow', Action: [...actions].sort(), Resource }));
}

function partOf(resource: Resource, on: Grant['on'], settings: Settings): Json {
  switch (on) {
    case 'resource':
      if (resource.kind === 'workflow') return sub(stateMachineArn(settings, resource.name));
      return resource.kind === 'secret' ? ref(idOf(resource)) : arnOf(idOf(resource));
    case 'objects':
      return sub(`\${${idOf(resource)}.Arn}/*`);
    case 'dead':
      return arnOf(deadLettersOf(resource.name));
    case 'executions':
      return sub(executionArns(settings, resource.name));
  }
}
