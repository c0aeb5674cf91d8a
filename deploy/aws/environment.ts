import type { Json } from '../../core/json.ts';
import { ADMIN_KEY, FRONT_KEY, type Variable, variablesOf } from '../../handlers/aws/functions/environment.ts';
import { FRONT_KEY_VALUE, hasFirewall } from './front.ts';
import { deadLettersOf, idOf, stateMachineArn } from './names.ts';
import { type FunctionPlan, queuesBeside } from './plan.ts';
import type { Settings } from './settings.ts';
import { ref, sub, type Template } from './template.ts';

const ADMIN_KEY_ID = 'AdminKey';

/** Where each resource is that a function may reach, and the key with which status URLs are signed. */
export function environmentFor(plan: FunctionPlan, settings: Settings): Record<string, Json> {
  const variables = [...queuesBeside(plan), ...plan.uses.map(({ resource }) => resource)].flatMap(variablesOf);
  const entries = variables.map((variable): [string, Json] => [variable.name, placeOf(variable, settings)]);
  if (needsAdminKey(plan)) entries.push([ADMIN_KEY, sub(`{{resolve:secretsmanager:\${${ADMIN_KEY_ID}}}}`)]);
  if (plan.kind === 'http' && hasFirewall(settings)) entries.push([FRONT_KEY, FRONT_KEY_VALUE]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
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
