import type { Json } from '../../core/json.ts';
import { SetupError } from '../../core/setup-error.ts';
import { ADMIN_KEY, FRONT_KEY, type Variable, variablesOf } from '../../handlers/aws/functions/environment.ts';
import { FRONT_KEY_VALUE, hasFirewall } from './front.ts';
import { deadLettersOf, idOf, stateMachineArn } from './names.ts';
import { type FunctionPlan, queuesBeside } from './plan.ts';
import type { Settings } from './settings.ts';
import { ref, sub, type Template } from './template.ts';

const ADMIN_KEY_ID = 'AdminKey';

/** Bytes of all variables of a function: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MOST_BYTES = 4096;

/**
 * Where each resource is that a function may reach, and the key with which status URLs are signed.
 *
 * @throws SetupError where that is more than Lambda takes, whatever the names are that CloudFormation makes up.
 */
export function environmentFor(plan: FunctionPlan, settings: Settings): Record<string, Json> {
  const variables = [...queuesBeside(plan), ...plan.uses.map(({ resource }) => resource)].flatMap(variablesOf);
  const entries = variables.map((variable): [string, Json] => [variable.name, placeOf(variable, settings)]);
  if (needsAdminKey(plan)) entries.push([ADMIN_KEY, sub(`{{resolve:secretsmanager:\${${ADMIN_KEY_ID}}}}`)]);
  if (plan.kind === 'http' && hasFirewall(settings)) entries.push([FRONT_KEY, FRONT_KEY_VALUE]);
  const bytes = entries.reduce((sum, [name, value]) => sum + name.length + leastBytes(value, settings), 0);
  if (bytes > MOST_BYTES)
    throw new SetupError(
      `function '${plan.name}': its ${entries.length} variables, which say where its resources are, come to at least ${bytes} bytes, and Lambda takes ${MOST_BYTES}; deploy some apps, or a part of one, as a service of their own`,
    );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Without what is known only when a stack is made. */
function leastBytes(value: Json, { region }: Settings): number {
  const known: Readonly<Record<string, string>> = {
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::AccountId': '123456789012',
  };
  const { 'Fn::Sub': text = '' } = value as { readonly 'Fn::Sub'?: string };
  return text.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => known[name] ?? '').length;
}

/** CloudFormation puts it in when it deploys; it is in no template and no file. */
export function addAdminKey(plans: readonly FunctionPlan[], template: Template): void {
  if (!plans.some(needsAdminKey)) return;
  template.add(ADMIN_KEY_ID, {
    Type: 'AWS::SecretsManager::Secret',
    Properties: {
      Description: 'Opens management and signs status URLs',
      GenerateSecretString: { PasswordLength: 43, ExcludePunctuation: true },
    },
  });
}

function needsAdminKey(plan: FunctionPlan): boolean {
  return (
    plan.kind === 'http' || plan.kind === 'manage' || plan.uses.some(({ resource }) => resource.kind === 'workflow')
  );
}

function placeOf({ resource, holds }: Variable, settings: Settings): Json {
  switch (holds) {
    case 'bucket name':
    case 'queue URL':
    case 'table name':
    case 'secret id':
      return ref(idOf(resource));
    case 'dead letter queue URL':
      return ref(deadLettersOf(resource.name));
    case 'machine ARN':
      return sub(stateMachineArn(settings, resource.name));
  }
}
