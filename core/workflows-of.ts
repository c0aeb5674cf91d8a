import type { App } from './app.ts';
import { SetupError } from './setup-error.ts';
import type { Workflow } from './workflow/workflow.ts';

/**
 * The workflows of all apps of a room, by name.
 *
 * @throws SetupError where two apps, or workflows of two apps, have one name.
 */
export function workflowsOf(apps: readonly App[]): ReadonlyMap<string, Workflow> {
  const found = new Map<string, Workflow>();
  const owners = new Map<string, string>();
  const names = new Set<string>();
  for (const { name, workflows } of apps) {
    if (names.has(name)) throw new SetupError(`two apps are called '${name}'`);
    names.add(name);
    for (const workflow of workflows) {
      const owner = owners.get(workflow.name);
      if (owner !== undefined)
        throw new SetupError(`the apps '${owner}' and '${name}' both have a workflow '${workflow.name}'; rename one`);
      owners.set(workflow.name, name);
      found.set(workflow.name, workflow);
    }
  }
  return found;
}
