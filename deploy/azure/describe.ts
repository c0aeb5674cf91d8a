import type { App } from '../../core/app.ts';
import type { Trigger } from '../../core/triggers/trigger.ts';
import { hyphened, poisonName, secretVariable, storedResources } from '../../handlers/azure/functions/environment.ts';
import { functionsOf } from '../../handlers/azure/functions/trigger-functions.ts';
import { rolesOn } from './roles.ts';

/** A role that the app's identity has on one container, queue or table. */
export interface Grant {
  /** The index in its list, which the templates need. */
  readonly at: number;
  readonly name: string;
  /** The id of the role's definition. */
  readonly role: string;
  readonly title: string;
}

/** What the templates in azure-functions/infra read as apps.json. */
export interface Described {
  readonly containers: readonly string[];
  /** Those of dead letters too. */
  readonly queues: readonly string[];
  readonly tables: readonly string[];
  readonly secrets: readonly { readonly name: string; readonly variable: string }[];
  /** Blob triggers, which hear of their container by Event Grid. */
  readonly objects: readonly {
    readonly function: string;
    /** What the subscription of Event Grid is called. */
    readonly subscription: string;
    readonly container: string;
  }[];
  readonly grants: {
    readonly containers: readonly Grant[];
    readonly queues: readonly Grant[];
    readonly tables: readonly Grant[];
    readonly account: readonly Omit<Grant, 'at' | 'name'>[];
  };
}

/** @throws SetupError where Azure cannot have what the apps declare; the message says what to change. */
export function describe(apps: readonly App[]): Described {
  const stored = storedResources(apps);
  const named = (kind: string): string[] =>
    stored.filter(({ resource }) => resource.kind === kind).map(({ physical }) => physical);
  const containers = named('bucket').sort();
  const queues = stored
    .flatMap(({ resource, physical }) => (resource.kind === 'queue' ? [physical, poisonName(resource.name)] : []))
    .sort();
  const tables = named('table').sort();
  const roles = rolesOn(apps);
  const grants = (service: 'containers' | 'queues' | 'tables', names: readonly string[]): Grant[] =>
    names.flatMap((name, at) =>
      [...(roles.get(`${service}/${name}`) ?? [])].map(({ name: title, id: role }) => ({ at, name, role, title })),
    );
  return {
    ...{ containers, queues, tables },
    secrets: named('secret')
      .sort()
      .map((name) => ({ name, variable: secretVariable(name) })),
    objects: apps.flatMap((app) => app.triggers.flatMap((trigger) => objectsOf(app.name, trigger))),
    grants: {
      containers: grants('containers', containers),
      queues: grants('queues', queues),
      tables: grants('tables', tables),
      account: [...(roles.get('account') ?? [])].map(({ name: title, id: role }) => ({ role, title })),
    },
  };
}

/** https://learn.microsoft.com/dotnet/api/azure.provisioning.eventgrid.systemtopiceventsubscription.name */
const LONGEST_SUBSCRIPTION = 64;

function objectsOf(app: string, trigger: Trigger): Described['objects'] {
  if (trigger.kind !== 'object') return [];
  const blobs = functionsOf(app, trigger).filter(({ kind }) => kind === 'blob');
  return blobs.map(({ name, of }) => ({
    function: name,
    subscription: hyphened(name, LONGEST_SUBSCRIPTION),
    container: of,
  }));
}
