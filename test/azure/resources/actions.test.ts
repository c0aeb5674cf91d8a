import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { TableClient as AzureTable } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, describe, expect, test } from 'vitest';
import { bucket, queue, table } from '../../../core/index.ts';
import {
  type ClientKind,
  fewest,
  ROLES,
  type RoleGrant,
  rolesByMethod,
  rolesFor,
  type Scope,
} from '../../../handlers/azure/resources/actions.ts';
import { bucketOn } from '../../../handlers/azure/resources/bucket.ts';
import { queueOn } from '../../../handlers/azure/resources/queue.ts';
import { tableOn } from '../../../handlers/azure/resources/table.ts';
import { streamOf } from '../../conformance/bucket-support.ts';
import { p } from '../../conformance/table-support.ts';
import { AZURITE_WANTED, hasAzurite, openAzurite } from '../azurite.ts';

/** What a request is the right to, as Azure's documentation of each operation says it; of several any is enough. */
interface Need {
  readonly on: Scope;
  readonly anyOf: readonly string[];
}
type Watch = (work: () => Promise<unknown>) => Promise<void>;

const BLOB = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
const QUEUE = 'Microsoft.Storage/storageAccounts/queueServices/queues';
const ENTITY = 'Microsoft.Storage/storageAccounts/tableServices/tables/entities';

function needOf(request: ClientRequest, ports: Readonly<Record<string, 'blob' | 'queue' | 'table'>>): Need | undefined {
  const service = ports[new URL(`http://${request.getHeader('host')}`).port];
  const url = new URL(request.path, 'http://azure.test');
  const [, , name = '', child = ''] = url.pathname.split('/');
  if (service === 'blob') {
    const on = name === 'claims' ? 'claims' : 'resource';
    if (request.method === 'DELETE') return { on, anyOf: [`${BLOB}/delete`] };
    return { on, anyOf: [request.method === 'PUT' ? `${BLOB}/write` : `${BLOB}/read`] };
  }
  if (service === 'queue') {
    const on = name.endsWith('-poison') ? 'dead' : 'resource';
    if (child === '') return { on, anyOf: [`${QUEUE}/read`] };
    const right = {
      POST: ['add/action', 'write'],
      PUT: ['write'],
      DELETE: ['delete', 'process/action'],
      GET: url.searchParams.has('peekonly') ? ['read'] : ['process/action'],
    }[request.method];
    return right && { on, anyOf: right.map((one) => `${QUEUE}/messages/${one}`) };
  }
  if (service !== 'table') return undefined;
  const right = { GET: 'read', DELETE: 'delete', PUT: 'write', PATCH: 'write', POST: 'add/action' }[request.method];
  return right === undefined ? undefined : { on: 'resource', anyOf: [`${ENTITY}/${right}`] };
}

const suite = async () => {
  const azurite = await openAzurite();
  afterAll(() => azurite.close());
  const ports = Object.fromEntries(
    Object.entries(azurite.urls).map(([service, url]) => [new URL(url).port, service as 'blob' | 'queue' | 'table']),
  );
  const blobs = BlobServiceClient.fromConnectionString(azurite.connectionString);
  const queues = QueueServiceClient.fromConnectionString(azurite.connectionString);
  await blobs.createContainer('claims');

  /** What is asked of Azure while work is done is what the roles of the method allow, and no role is there in vain. */
  async function expectRoles(kind: ClientKind, methods: Readonly<Record<string, (watch: Watch) => Promise<void>>>) {
    const roles = rolesByMethod(kind);
    expect(Object.keys(methods).sort()).toEqual(Object.keys(roles).sort());
    for (const [method, run] of Object.entries(methods)) {
      const grants = roles[method]!;
      const needs: Need[] = [];
      const listen = (message: unknown): void => {
        const need = needOf((message as { request: ClientRequest }).request, ports);
        if (need !== undefined) needs.push(need);
      };
      await run(async (work) => {
        subscribe('http.client.request.start', listen);
        await work();
        unsubscribe('http.client.request.start', listen);
      });
      const allows = ({ role, on }: RoleGrant, need: Need): boolean =>
        on === need.on && need.anyOf.some((one) => (role.allows as readonly string[]).includes(one));
      for (const need of needs)
        expect(
          grants.some((one) => allows(one, need)),
          `${method}: ${JSON.stringify(need)}`,
        ).toBe(true);
      // Keys for signing are asked of Azure by an identity; here there is an account's key.
      for (const one of grants.filter(({ on }) => on !== 'account' && !/Url$/.test(method)))
        expect(
          needs.some((need) => allows(one, need)),
          `${method}: ${one.role.name} on ${one.on}`,
        ).toBe(true);
    }
  }

  test('a bucket needs no other roles than those it says', async () => {
    await blobs.createContainer('own');
    const own = bucketOn(blobs, 'own');
    await expectRoles('bucket', {
      put: (watch) =>
        watch(async () => {
          const { etag } = await own.put('a', 'text');
          await own.put('a', streamOf(new Uint8Array(9_000_000)), { ifMatch: etag });
        }),
      get: (watch) => watch(async () => (await own.get('a'))?.bytes()),
      head: (watch) => watch(() => own.head('a')),
      list: (watch) => watch(() => own.list()),
      downloadUrl: (watch) => watch(() => own.downloadUrl('a')),
      uploadUrl: (watch) => watch(() => own.uploadUrl('a')),
      delete: (watch) => watch(() => own.delete('a')),
    });
  });

  test('a queue needs no other roles than those it says', async () => {
    const long = 'x'.repeat(100_000);
    const fresh = async (attempts = 5) => {
      const name = randomUUID();
      const options = { name, deadName: `${name}-poison`, attempts, claims: bucketOn(blobs, 'claims') };
      await Promise.all([queues.createQueue(name), queues.createQueue(options.deadName)]);
      return queueOn(queues, options);
    };
    const received = async (message = long, attempts = 5) => {
      const client = await fresh(attempts);
      await client.send(message);
      return { client, receipt: (await client.receive({ visibility: 60 }))[0]!.receipt };
    };
    const buried = async () => {
      const { client, receipt } = await received();
      await client.bury(receipt, { name: 'Bad', message: '' });
      return client;
    };
    await expectRoles('queue', {
      send: async (watch) => {
        const client = await fresh();
        await watch(() => client.send(long));
      },
      sendBatch: async (watch) => {
        const client = await fresh();
        await watch(() => client.sendBatch([{ message: 1 }, { message: long }]));
      },
      receive: async (watch) => {
        const { client, receipt } = await received(long, 1);
        await client.release(receipt);
        await watch(() => client.receive());
      },
      ack: async (watch) => {
        const { client, receipt } = await received();
        await watch(() => client.ack(receipt));
      },
      release: async (watch) => {
        const { client, receipt } = await received();
        await watch(() => client.release(receipt));
      },
      extend: async (watch) => {
        const { client, receipt } = await received();
        await watch(() => client.extend(receipt, 60));
      },
      bury: async (watch) => {
        const { client, receipt } = await received('x'.repeat(48_000));
        await watch(() => client.bury(receipt, { name: 'Bad', message: 'y'.repeat(10_000) }));
      },
      depth: async (watch) => {
        const client = await fresh();
        await watch(() => client.depth());
      },
      dead: async (watch) => {
        const client = await buried();
        await watch(() => client.dead());
      },
      redrive: async (watch) => {
        const client = await buried();
        await watch(() => client.redrive());
      },
    });
  });

  test('a table needs no other roles than those it says', async () => {
    const azure = AzureTable.fromConnectionString(azurite.connectionString, 'own', { allowInsecureConnection: true });
    await azure.createTable();
    const own = tableOn(azure);
    await own.put(p('b'), { n: 1 });
    await expectRoles('table', {
      get: (watch) => watch(() => own.get(p('b'))),
      query: (watch) => watch(() => own.query('p')),
      create: (watch) => watch(() => own.create(p('a'), {})),
      put: (watch) => watch(() => own.put(p('a'), {})),
      replace: (watch) => watch(() => own.replace(p('a'), {})),
      update: (watch) => watch(() => own.update(p('a'), { n: 1 })),
      add: (watch) => watch(() => own.add(p('c'), { n: 1 }, { otherwise: {} })),
      delete: (watch) => watch(() => own.delete(p('c'))),
      transact: (watch) => watch(() => own.transact('p', [{ kind: 'delete', id: 'a' }])),
    });
  });
};

if (hasAzurite) describe('roles', suite);
else test.skip(`SKIPPED roles: ${AZURITE_WANTED}`, () => {});

test('an access has the fewest roles that its methods need', () => {
  const names = (kind: ClientKind, mode: 'read' | 'write' | 'all') =>
    rolesFor(kind, mode).map(({ on, role }) => `${on}: ${role.name}`);
  expect(names('bucket', 'read')).toEqual(['account: Storage Blob Delegator', 'resource: Storage Blob Data Reader']);
  expect(names('bucket', 'all')).toEqual([
    'account: Storage Blob Delegator',
    'resource: Storage Blob Data Contributor',
  ]);
  expect(names('queue', 'write')).toEqual([
    'claims: Storage Blob Data Contributor',
    'resource: Storage Queue Data Message Sender',
  ]);
  expect(names('queue', 'read')).toEqual([
    'claims: Storage Blob Data Contributor',
    'dead: Storage Queue Data Message Processor',
    'dead: Storage Queue Data Message Sender',
    'dead: Storage Queue Data Reader',
    'resource: Storage Queue Data Contributor',
  ]);
  expect(names('table', 'read')).toEqual(['resource: Storage Table Data Reader']);
  expect(names('table', 'write')).toEqual(['resource: Storage Table Data Contributor']);
  expect(names('secret', 'all')).toEqual(['resource: Key Vault Secrets User']);
});

test('of roles that are worth the same one is left', () => {
  const grantOf = (name: string, ...allows: string[]): RoleGrant => ({
    role: { name, id: name, allows },
    on: 'resource',
  });
  const left = (...grants: RoleGrant[]) => fewest(grants).map(({ role }) => role.name);
  expect(left(grantOf('b', 'x', 'y'), grantOf('a', 'y', 'x'), grantOf('c', 'x'))).toEqual(['a']);
  expect(left(grantOf('a', 'x'), grantOf('b', 'x'), grantOf('c', 'x', 'y'), grantOf('d', 'y', 'x'))).toEqual(['c']);
});

test('every method of an access has its roles, and no role has the id of another', () => {
  const methods = { bucket: bucket('a').all.methods, queue: queue('a').all.methods, table: table('a').all.methods };
  for (const [kind, names] of Object.entries(methods))
    expect(Object.keys(rolesByMethod(kind as ClientKind)).sort()).toEqual([...names].sort());
  const ids = Object.values(ROLES).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
