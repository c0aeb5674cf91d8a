import { hash } from 'node:crypto';
import type { App } from '../../../core/app.ts';
import type { Resource, ResourceKind, ResourceOf } from '../../../core/resources/access.ts';
import { declaredResources } from '../../../core/resources/declared.ts';
import { SetupError } from '../../../core/setup-error.ts';
import { triggerQueue } from '../../../core/triggers/trigger-queue.ts';
import { isUnresolved } from '../resources/secret.ts';

/** The kinds of resources that a deployment makes. */
export type StoredKind = Exclude<ResourceKind, 'workflow'>;

/** The table where the room keeps what Durable Functions does not; apps cannot declare it. */
export const RUNS: ResourceOf<'table'> = { kind: 'table', name: 'skein-runs' };
/** The bucket where the room keeps claims of large values; apps cannot declare it. */
export const CLAIMS: ResourceOf<'bucket'> = { kind: 'bucket', name: 'skein-claims' };

/**
 * The storage account of the apps' resources: a connection string, or settings that begin so (`SKEIN_STORAGE__blobServiceUri`,
 * `__queueServiceUri`, `__tableServiceUri`, `__clientId`), as the bindings of Functions spell an identity's connection:
 * https://learn.microsoft.com/azure/azure-functions/functions-reference#configure-an-identity-based-connection
 */
export const STORAGE = 'SKEIN_STORAGE';
/** Opens management; where it is not set nobody has the key. */
export const ADMIN_KEY = 'SKEIN_ADMIN_KEY';
/** The id of the Front Door before the app, which it writes into the header `x-azure-fdid`. */
export const FRONT_DOOR_ID = 'SKEIN_FRONT_DOOR_ID';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment variable that holds a secret; a deployment has a reference to Key Vault there. */
export function secretVariable(name: string): string {
  return `SKEIN_SECRET_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** What a setting says; `undefined` where it says nothing, or refers to Key Vault in vain. */
export function setting(env: Environment, name: string): string | undefined {
  const value = env[name] || undefined;
  return value === undefined || isUnresolved(value) ? undefined : value;
}

/** Characters that the name of a queue may have, so that its poison queue has a name too. */
const LONGEST_QUEUE = 63 - '-poison'.length;
const PLAIN = /^[a-z0-9](?:-?[a-z0-9])+$/;

/**
 * What a declared resource is called in Azure: as declared where Azure takes that, else a part of it and a hash.
 *
 * https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftstorage
 */
export function physicalName({ kind, name }: { readonly kind: StoredKind; readonly name: string }): string {
  switch (kind) {
    case 'bucket':
      return hyphened(name, 63);
    case 'queue':
      return hyphened(name, LONGEST_QUEUE);
    case 'table': {
      // Letters and digits only, and their case does not count.
      const plain = name.replaceAll('-', '');
      return plain.length >= 3 ? plain : `${plain}${digest(name)}`;
    }
    case 'secret':
      return name;
  }
}

/** Where a queue's messages go that were tried as often as they may be. */
export function poisonName(queue: string): string {
  return `${physicalName({ kind: 'queue', name: queue })}-poison`;
}

/** A name in words of letters and digits with hyphens between them, cut to a length; what is changed is told apart by a hash. */
export function hyphened(name: string, longest: number): string {
  if (name.length >= 3 && name.length <= longest && PLAIN.test(name)) return name;
  return `${name
    .slice(0, longest - 9)
    .replaceAll(/-+/g, '-')
    .replace(/-$/, '')}-${digest(name)}`;
}

function digest(name: string): string {
  return hash('sha256', name).slice(0, 8);
}

/** A resource that a deployment makes, and what it is called there. */
export interface Stored {
  readonly resource: Resource;
  readonly physical: string;
}

/**
 * Every resource that the functions of the apps reach: declared ones, queues in which events of triggers wait, the room's own.
 *
 * @throws SetupError where two would have one name in Azure, or two apps have triggers that would share a queue of the room.
 */
export function storedResources(apps: readonly App[]): readonly Stored[] {
  requireApart(apps);
  const declared = (['bucket', 'queue', 'table', 'secret'] as const).flatMap((kind): readonly Resource[] => [
    ...declaredResources(apps, kind).values(),
  ]);
  const waiting = apps.flatMap((app) => app.triggers).map(triggerQueue);
  const runs = apps.some((app) => app.workflows.length > 0);
  const queues = [...declared, ...waiting].some(({ kind }) => kind === 'queue');
  const found = new Map<string, Stored>();
  for (const resource of [...declared, ...waiting, ...(runs ? [RUNS] : []), ...(runs || queues ? [CLAIMS] : [])]) {
    const physical = physicalName(resource as Stored['resource'] & { kind: StoredKind });
    const slot = `${resource.kind} ${physical}`;
    const other = found.get(slot);
    if (other !== undefined && other.resource.name !== resource.name)
      throw new SetupError(
        `the ${resource.kind}s '${other.resource.name}' and '${resource.name}' would both be called '${physical}' in Azure; rename one`,
      );
    found.set(slot, { resource, physical });
  }
  return [...found.values()];
}

/** Only messages of an app's own queue may go to whichever trigger is first. */
function requireApart(apps: readonly App[]): void {
  const owners = new Map<string, string>();
  for (const { name: owner, triggers } of apps)
    for (const { kind, name } of triggers) {
      if (kind === 'consume') continue;
      const other = owners.get(name);
      if (other !== undefined)
        throw new SetupError(`the apps '${other}' and '${owner}' both have a trigger '${name}'; rename one`);
      owners.set(name, owner);
    }
}
