import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from '../../../core/app.ts';
import type { Json } from '../../../core/json.ts';
import { type Statement, statementsFor } from '../../../deploy/aws/grants.ts';
import { planFunctions } from '../../../deploy/aws/plan.ts';
import { pascal } from '../../../deploy/aws/template.ts';
import type { RoleUse } from '../../../handlers/aws/sandbox/gate.ts';
import { grants } from '../../../handlers/aws/sandbox/policy.ts';
import { TEMPLATE } from '../../../handlers/aws/sandbox/room.ts';
import { resolverOf, type Template } from '../../../handlers/aws/sandbox/template.ts';
import { SETTINGS } from '../serverless/settings.ts';

export function readTemplate(folder: string): Template {
  return JSON.parse(readFileSync(join(folder, TEMPLATE), 'utf8')) as Template;
}

/**
 * Rights that functions have and did not use, by what each is granted for.
 *
 * A mode (`read`, `write`, `all`) of a bucket, a queue, a table or a secret is granted with all of its methods: what it is exactly,
 * test/aws/resources/actions.test.ts shows. So a right that was not used is `ofModes` where another of the same access was; any
 * other is `idle`, and should not be there.
 */
export function unusedOf(
  apps: readonly App[],
  template: Template,
  roles: Iterable<RoleUse>,
): { readonly ofModes: readonly string[]; readonly idle: readonly string[] } {
  const { value } = resolverOf(template, '', {});
  const resolved = ({ Action, Resource }: Statement) => ({
    actions: Action,
    resources: ([value(Resource)] as Json[]).flat().map(String),
  });
  const byId = new Map(planFunctions(apps).map((plan) => [`${pascal(plan.key)}LambdaFunction`, plan]));
  const ofModes: string[] = [];
  const idle: string[] = [];
  for (const { function: id, granted, used } of roles) {
    const plan = byId.get(id);
    if (plan === undefined) throw new Error(`no function is called ${id}`);
    const accesses = plan.uses
      .filter(({ resource }) => resource.kind !== 'workflow')
      .map((access) => grants(statementsFor([access], SETTINGS).map(resolved)));
    const explained = new Set(accesses.filter((rights) => rights.some((one) => used.has(one))).flat());
    for (const one of granted) if (!used.has(one)) (explained.has(one) ? ofModes : idle).push(`${id} ${one}`);
  }
  return { ofModes, idle };
}
