import type { App } from '../app.ts';
import { SetupError } from '../setup-error.ts';
import type { Resource, ResourceKind, ResourceOf, Uses } from './access.ts';

/** The `uses` of every function of an app. */
export function usesOf(app: App): readonly Uses[] {
  return [
    ...app.http.map((one) => one.uses),
    ...app.workflows.flatMap((workflow) => [...workflow.steps.values()].map((step) => step.uses)),
    ...app.triggers.map((trigger) => trigger.uses),
  ];
}

/**
 * The resources of a kind that the apps' functions use or are triggered by, by name.
 *
 * @throws SetupError where two queues of one name differ.
 */
export function declaredResources<K extends ResourceKind>(
  apps: readonly App[],
  kind: K,
): ReadonlyMap<string, ResourceOf<K>> {
  const found = new Map<string, ResourceOf<K>>();
  for (const resource of apps.flatMap(resourcesOf)) {
    if (resource.kind !== kind) continue;
    const other: Resource | undefined = found.get(resource.name);
    if (other?.kind === 'queue' && resource.kind === 'queue' && other.attempts !== resource.attempts)
      throw new SetupError(
        `queue '${resource.name}' is declared twice, with attempts ${other.attempts} and ${resource.attempts}`,
      );
    found.set(resource.name, resource as ResourceOf<K>);
  }
  return found;
}

function resourcesOf(app: App): readonly Resource[] {
  const used = usesOf(app).flatMap((uses) => Object.values(uses).map(({ resource }) => resource));
  const triggering = app.triggers.flatMap((trigger): Resource[] => {
    if (trigger.kind === 'consume') return [trigger.queue];
    return trigger.kind === 'object' ? [trigger.bucket] : [];
  });
  return [...used, ...triggering];
}
