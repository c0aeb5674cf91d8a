import type { Mode, ResourceKind } from '../../../core/resources/access.ts';

/** A built-in role of Azure. https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/storage */
export interface Role {
  readonly name: string;
  /** Of its definition, the same in every subscription. */
  readonly id: string;
  /** What it allows, of what this room asks for. https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory */
  readonly allows: readonly string[];
}

/** What a role is assigned on: the resource itself, the queue of its dead letters, the container of claims, or the account. */
export type Scope = 'resource' | 'dead' | 'claims' | 'account';

export interface RoleGrant {
  readonly role: Role;
  readonly on: Scope;
}

/** The kinds for which this room has clients. */
export type ClientKind = Exclude<ResourceKind, 'workflow'>;

type Rights = Readonly<Record<string, readonly RoleGrant[]>>;

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices';
const QUEUES = 'Microsoft.Storage/storageAccounts/queueServices/queues';
const TABLES = 'Microsoft.Storage/storageAccounts/tableServices/tables';

const blob = (...names: readonly string[]) => names.map((name) => `${BLOBS}/containers/blobs/${name}`);
const message = (...names: readonly string[]) => names.map((name) => `${QUEUES}/messages/${name}`);
const entity = (...names: readonly string[]) => names.map((name) => `${TABLES}/entities/${name}`);
const DELEGATION = `${BLOBS}/generateUserDelegationKey/action`;

export const ROLES = {
  blobReader: {
    name: 'Storage Blob Data Reader',
    id: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
    allows: blob('read'),
  },
  blobContributor: {
    name: 'Storage Blob Data Contributor',
    id: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
    allows: blob('read', 'write', 'delete', 'add/action'),
  },
  blobDelegator: {
    name: 'Storage Blob Delegator',
    id: 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a',
    allows: [DELEGATION],
  },
  queueReader: {
    name: 'Storage Queue Data Reader',
    id: '19e7f393-937e-4f77-808e-94535e297925',
    allows: [`${QUEUES}/read`, ...message('read')],
  },
  queueContributor: {
    name: 'Storage Queue Data Contributor',
    id: '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
    allows: [`${QUEUES}/read`, ...message('read', 'write', 'delete', 'add/action', 'process/action')],
  },
  queueSender: {
    name: 'Storage Queue Data Message Sender',
    id: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a',
    allows: message('add/action'),
  },
  queueProcessor: {
    name: 'Storage Queue Data Message Processor',
    id: '8a0f0c08-91a1-4084-bc3d-661d67233fed',
    allows: message('read', 'process/action'),
  },
  tableReader: {
    name: 'Storage Table Data Reader',
    id: '76199698-9eea-4c19-bc75-cec21354c6b6',
    allows: entity('read'),
  },
  tableContributor: {
    name: 'Storage Table Data Contributor',
    id: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
    allows: entity('read', 'write', 'delete', 'add/action', 'update/action'),
  },
  vaultUser: {
    name: 'Key Vault Secrets User',
    id: '4633458b-17de-408a-b874-0445c86b69e6',
    allows: ['Microsoft.KeyVault/vaults/secrets/getSecret/action'],
  },
} as const satisfies Readonly<Record<string, Role>>;

const own = (role: Role): RoleGrant => ({ role, on: 'resource' });
const ofDead = (role: Role): RoleGrant => ({ role, on: 'dead' });
const ofClaims = (role: Role): RoleGrant => ({ role, on: 'claims' });
const delegate: RoleGrant = { role: ROLES.blobDelegator, on: 'account' };

const reading = [own(ROLES.blobReader)];
/** Azure has no built-in role that only writes: who may write may read too. */
const writing = [own(ROLES.blobContributor)];
const asking = [own(ROLES.tableReader)];
const storing = [own(ROLES.tableContributor)];

/** What each method of a client needs. */
const RIGHTS: Readonly<Record<ClientKind, Readonly<Record<'read' | 'write', Rights>>>> = {
  bucket: {
    read: { get: reading, head: reading, list: reading, downloadUrl: [...reading, delegate] },
    write: { put: writing, delete: writing, uploadUrl: [...writing, delegate] },
  },
  queue: {
    read: {
      receive: [own(ROLES.queueProcessor), ofDead(ROLES.queueSender), ofClaims(ROLES.blobContributor)],
      ack: [own(ROLES.queueProcessor), ofClaims(ROLES.blobContributor)],
      // To hide a message for longer, or to show it, is to write it.
      release: [own(ROLES.queueContributor)],
      extend: [own(ROLES.queueContributor)],
      bury: [own(ROLES.queueContributor), ofDead(ROLES.queueSender), ofClaims(ROLES.blobContributor)],
      depth: [own(ROLES.queueReader), ofDead(ROLES.queueReader)],
      dead: [ofDead(ROLES.queueReader), ofClaims(ROLES.blobReader)],
      redrive: [own(ROLES.queueSender), ofDead(ROLES.queueProcessor), ofClaims(ROLES.blobContributor)],
    },
    write: {
      send: [own(ROLES.queueSender), ofClaims(ROLES.blobContributor)],
      sendBatch: [own(ROLES.queueSender), ofClaims(ROLES.blobContributor)],
    },
  },
  table: {
    read: { get: asking, query: asking },
    write: {
      ...{ create: storing, put: storing, replace: storing, update: storing },
      ...{ add: storing, delete: storing, transact: storing },
    },
  },
  secret: { read: { get: [own(ROLES.vaultUser)] }, write: {} },
};

/** What each method of a client needs, by its name. */
export function rolesByMethod(kind: ClientKind): Rights {
  const { read, write } = RIGHTS[kind];
  return { ...read, ...write };
}

/**
 * The roles that an access to a resource needs: those of the methods that it leaves, each once, and none that another one includes.
 */
export function rolesFor(kind: ClientKind, mode: Mode): readonly RoleGrant[] {
  const { read, write } = RIGHTS[kind];
  return fewest(
    [...(mode === 'write' ? [] : Object.values(read)), ...(mode === 'read' ? [] : Object.values(write))].flat(),
  );
}

/** The same rights with the fewest roles; of several resources' grants the scopes must be of one resource. */
export function fewest(grants: readonly RoleGrant[]): readonly RoleGrant[] {
  const byKey = new Map(grants.map((one): [string, RoleGrant] => [`${one.on} ${one.role.name}`, one]));
  const all = [...byKey.values()].sort((a, b) => (a.on + a.role.name < b.on + b.role.name ? -1 : 1));
  // Of roles that are worth the same the first is enough.
  return all.filter(
    (one, at) =>
      !all.some(
        ({ role, on }, n) =>
          n !== at && on === one.on && includes(role, one.role) && (n < at || !includes(one.role, role)),
      ),
  );
}

function includes(larger: Role, smaller: Role): boolean {
  return smaller.allows.every((right) => larger.allows.includes(right));
}
