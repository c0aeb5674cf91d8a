import type { App } from '../../core/app.ts';
import type { ResourceKind, ResourceOf } from '../../core/resources/access.ts';
import { declaredResources } from '../../core/resources/declared.ts';
import { type FunctionPlan, queuesBeside } from './plan.ts';

/** The resources of a kind that a stack has: those of the apps, those in which triggers' events wait, and the room's own. */
export function stackResources<K extends ResourceKind>(
  apps: readonly App[],
  plans: readonly FunctionPlan[],
  kind: K,
): readonly ResourceOf<K>[] {
  const found = new Map<string, ResourceOf<K>>(declaredResources(apps, kind));
  const used = plans.flatMap((plan) => [...queuesBeside(plan), ...plan.uses.map(({ resource }) => resource)]);
  for (const resource of used)
    if (resource.kind === kind && !found.has(resource.name)) found.set(resource.name, resource as ResourceOf<K>);
  return [...found.values()];
}
