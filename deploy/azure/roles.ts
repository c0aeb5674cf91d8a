import type { App } from '../../core/app.ts';
import { type Access, grant, type Resource } from '../../core/resources/access.ts';
import { usesOf } from '../../core/resources/declared.ts';
import { triggerQueue } from '../../core/triggers/trigger-queue.ts';
import { CLAIMS, physicalName, poisonName, RUNS } from '../../handlers/azure/functions/environment.ts';
import {
  fewest,
  ROLES,
  type Role,
  type RoleGrant,
  rolesByMethod,
  rolesFor,
} from '../../handlers/azure/resources/actions.ts';

/**
 * What a function and its host do to a queue whose messages it is handed: they take, hide, end and bury them.
 *
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger#grant-permission-to-the-identity
 */
const HANDED = ['receive', 'ack', 'release', 'bury'] as const;

/**
 * What the host's blob trigger wants of a container; nothing less is said to be enough.
 *
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger#grant-permission-to-the-identity
 */
const OWNER: Role = {
  name: 'Storage Blob Data Owner',
  id: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
  allows: [
    ...ROLES.blobContributor.allows,
    'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags/read',
  ],
};

/**
 * The roles that the identity of a Functions app with these apps has: on `containers/<name>`, `queues/<name>`, `tables/<name>` of the
 * apps' storage account and on the `account` itself. They follow from `uses`, from the triggers, and from what the room keeps itself.
 */
export function rolesOn(apps: readonly App[]): ReadonlyMap<string, readonly Role[]> {
  const wanted = new Map<string, RoleGrant[]>();
  const add = (resource: Resource, grants: readonly RoleGrant[]): void => {
    for (const one of grants) {
      const place = placeOf(resource, one);
      // The place is in the key: a queue and another's dead letters may be the same.
      if (place !== undefined) wanted.set(place, [...(wanted.get(place) ?? []), { ...one, on: 'resource' }]);
    }
  };
  for (const { resource, mode } of accessesOf(apps))
    if (resource.kind !== 'workflow') add(resource, rolesFor(resource.kind, mode));
  const queue = rolesByMethod('queue');
  for (const trigger of apps.flatMap((app) => app.triggers)) {
    const methods = trigger.kind === 'consume' ? HANDED : [...HANDED, 'send'];
    add(
      triggerQueue(trigger),
      methods.flatMap((method) => queue[method] ?? []),
    );
    if (trigger.kind === 'object')
      add(trigger.bucket, [{ role: OWNER, on: 'resource' }, ...(rolesByMethod('bucket').head ?? [])]);
  }
  return new Map([...wanted].map(([place, grants]) => [place, fewest(grants).map(({ role }) => role)]));
}

function accessesOf(apps: readonly App[]): readonly Access<unknown>[] {
  const used = apps.flatMap(usesOf).flatMap((uses) => Object.values(uses));
  const own = [grant(RUNS, 'all', []), grant(CLAIMS, 'all', [])];
  return apps.some(({ workflows }) => workflows.length > 0) ? [...used, ...own] : used;
}

/** `undefined` for a secret: the vault has one role for all that is in it. */
function placeOf(resource: Resource, { on }: RoleGrant): string | undefined {
  if (on === 'account') return 'account';
  if (on === 'claims') return `containers/${physicalName({ kind: 'bucket', name: CLAIMS.name })}`;
  switch (resource.kind) {
    case 'bucket':
      return `containers/${physicalName({ kind: 'bucket', name: resource.name })}`;
    case 'queue':
      return `queues/${on === 'dead' ? poisonName(resource.name) : physicalName({ kind: 'queue', name: resource.name })}`;
    case 'table':
      return `tables/${physicalName({ kind: 'table', name: resource.name })}`;
    case 'secret':
    case 'workflow':
      return undefined;
  }
}
