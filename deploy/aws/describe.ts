import type { App } from '../../core/app.ts';
import type { Json } from '../../core/json.ts';
import { SetupError } from '../../core/setup-error.ts';
import { addAdminKey } from './environment.ts';
import { addFronts, frontOutputs } from './front.ts';
import { functionsOf } from './functions.ts';
import { type NativeOf, planFunctions } from './plan.ts';
import { addQueues } from './queues.ts';
import { functionRole, roleId } from './roles.ts';
import type { Settings } from './settings.ts';
import { addStateMachines } from './state-machines.ts';
import { addBuckets, addSecrets, addTables } from './stores.ts';
import { makeTemplate } from './template.ts';
import { addWatching } from './watching.ts';

/** What serverless.yml takes from the app list. */
export interface Described {
  readonly functions: Readonly<Record<string, Json>>;
  readonly resources: { readonly Resources: object; readonly Outputs: object };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST_RESOURCES = 500;

/**
 * @param nativeOf the packages with compiled code that an app imports.
 * @throws SetupError where AWS cannot have what the apps declare; the message says what to change.
 */
export function describe(apps: readonly App[], settings: Settings, nativeOf: NativeOf = () => []): Described {
  const plans = planFunctions(apps, nativeOf);
  const template = makeTemplate();
  for (const plan of plans) template.add(roleId(plan), functionRole(plan, settings));
  addBuckets(apps, plans, settings, template);
  addTables(apps, plans, template);
  addSecrets(apps, plans, template);
  addAdminKey(plans, template);
  addQueues(apps, plans, settings, template);
  addStateMachines(apps, plans, settings, template);
  addFronts(plans, settings, template);
  addWatching(apps, plans, settings, template);
  // Of each function itself there is its code, its log group, and at most its event source mapping.
  const count = Object.keys(template.resources).length + 3 * plans.length;
  if (count > MOST_RESOURCES)
    throw new SetupError(
      `the apps come to about ${count} resources, and a stack can have ${MOST_RESOURCES}; deploy some of them as a service of their own`,
    );
  return {
    functions: functionsOf(plans, settings),
    resources: { Resources: template.resources, Outputs: frontOutputs(plans, settings) },
  };
}
