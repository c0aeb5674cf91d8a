import type { App } from '../../../core/app.ts';
import { Failure } from '../../../core/error.ts';
import type { Resource } from '../../../core/resources/access.ts';
import { usesOf } from '../../../core/resources/declared.ts';
import type { Runs } from '../../../core/workflow/runs.ts';

/** Clients of a room that has none: functions that use no resource work, and each call of a resource rejects with `Unavailable`. */
export function absentClients(app: App): (resource: Resource) => object {
  const accesses = usesOf(app).flatMap((uses) => Object.values(uses));
  return ({ kind, name }) => {
    const refuse = (): Promise<never> => refused(`the ${kind} '${name}' has no client`);
    const same = accesses.filter(({ resource }) => resource.kind === kind && resource.name === name);
    // What functions call is there by name, as core copies it into clients of its own; the room itself may call any other.
    const known = Object.fromEntries(same.flatMap(({ methods }) => methods).map((method) => [method, refuse]));
    return new Proxy(known, { get: (_, method) => (method === 'then' ? undefined : refuse) });
  };
}

const noEngine = (): Promise<never> => refused('no engine runs workflows');

/** Runs of a room that has no engine. */
export const absentRuns: Runs = {
  start: noEngine,
  status: noEngine,
  definition: noEngine,
  steps: noEngine,
  list: noEngine,
  event: noEngine,
  cancel: noEngine,
};

function refused(reason: string): Promise<never> {
  return Promise.reject(new Failure({ name: 'Unavailable', message: `${reason} in this function` }));
}
