import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, describe, expect, test } from 'vitest';
import { actionsByMethod, actionsFor, type ClientKind } from '../../../handlers/aws/resources/actions.ts';
import { bucketOn } from '../../../handlers/aws/resources/bucket.ts';
import { queueOn } from '../../../handlers/aws/resources/queue.ts';
import { secretOn, setSecret } from '../../../handlers/aws/resources/secret.ts';
import { tableOn } from '../../../handlers/aws/resources/table.ts';
import { openDynamoDb, openS3, openSqs } from '../../../handlers/aws/sandbox/emulators.ts';
import { makeQueue } from '../../../handlers/aws/sandbox/make-queue.ts';
import { makeTable } from '../../../handlers/aws/sandbox/make-table.ts';
import { openSecrets } from '../../../handlers/aws/sandbox/secrets.ts';
import { DYNAMODB_WANTED, FAUXQS_WANTED, hasDynamoDb, hasFauxqs } from '../../../handlers/aws/sandbox/tools.ts';
import { brokenStream, found, patterned } from '../../conformance/bucket-support.ts';
import { receiveOne } from '../../conformance/queue-support.ts';
import { p } from '../../conformance/table-support.ts';
import { beforeEach, type Call } from './recorded.ts';

/** Does what each method does, on all of its ways; only what `watch` calls is looked at. */
type Ways = Readonly<Record<string, (watch: Watch) => Promise<unknown>>>;
type Watch = <T>(work: () => Promise<T>) => Promise<T>;

/** Looks at the rights that each method's requests need, and compares them with what is said of it. */
async function expectRights(kind: ClientKind, client: object, needs: (call: Call) => readonly string[], ways: Ways) {
  let seen: Set<string> | undefined;
  beforeEach(client, (call) => {
    for (const one of needs(call)) seen?.add(one);
  });
  const said = actionsByMethod(kind);
  expect(Object.keys(ways).sort()).toEqual(Object.keys(said).sort());
  for (const [method, way] of Object.entries(ways)) {
    const all = new Set<string>();
    await way(async (work) => {
      seen = all;
      return work().finally(() => {
        seen = undefined;
      });
    });
    expect([method, [...all].sort()]).toEqual([
      method,
      said[method]!.map(({ on, action }) => `${on} ${action}`).sort(),
    ]);
  }
}

const bucketsAndQueues = async () => {
  const [s3, sqs] = [await openS3(), await openSqs()];
  afterAll(() => Promise.all([s3.close(), sqs.close()]));

  test('a bucket needs no other rights than those it says', async () => {
    const name = randomUUID();
    await s3.client.send(new CreateBucketCommand({ Bucket: name }));
    const bucket = bucketOn(s3.client, name);
    const parts = ['CreateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload'];
    const needs = ({ command }: Call): string[] => {
      if (command === 'ListObjectsV2') return ['resource s3:ListBucket'];
      if (command === 'HeadObject') return ['objects s3:GetObject'];
      return [`objects s3:${parts.includes(command) ? 'PutObject' : command}`];
    };
    // That an object is absent, and not forbidden, S3 says only to who may list.
    const orAbsent = async (watch: Watch, work: () => Promise<unknown>) => {
      await watch(work);
      await watch(() => s3.client.send(new ListObjectsV2Command({ Bucket: name, MaxKeys: 1 })));
    };
    await expectRights('bucket', s3.client, needs, {
      get: async (watch) => {
        await bucket.put('a', patterned(300_000));
        await orAbsent(watch, async () => {
          for (const range of [{}, { from: 2 }, { from: 1, to: 1 }, { from: 900_000 }]) await bucket.get('a', range);
          await (await found(bucket, 'a')).bytes();
          await bucket.get('absent');
        });
      },
      head: (watch) => orAbsent(watch, () => bucket.head('a')),
      list: (watch) => watch(() => bucket.list()),
      downloadUrl: (watch) => watch(() => bucket.downloadUrl('a')),
      put: (watch) =>
        watch(async () => {
          await bucket.put('a', 'text', { ifNoneMatch: '*' }).catch(() => {});
          await bucket.put('a', patterned(6_000_000));
          await bucket.put('a', brokenStream(12_000_000)).catch(() => {});
        }),
      delete: (watch) => watch(() => bucket.delete('a')),
      uploadUrl: (watch) => watch(() => bucket.uploadUrl('a')),
    });
  });

  test('a queue needs no other rights than those it says', async () => {
    const options = await makeQueue(sqs.client, randomUUID(), 1, false);
    const queue = queueOn(sqs.client, options);
    const needs = ({ command, input }: Call): string[] => {
      const on = (input as { QueueUrl?: string }).QueueUrl === options.deadUrl ? 'dead' : 'resource';
      return [`${on} sqs:${command.replace(/Batch$/, '')}`];
    };
    const received = async () => {
      await queue.send(1);
      return (await receiveOne(queue)).receipt;
    };
    await expectRights('queue', sqs.client, needs, {
      receive: async (watch) => {
        await queue.release(await received());
        await watch(() => queue.receive({ wait: 1 }));
      },
      ack: async (watch) => {
        const receipt = await received();
        await watch(() => queue.ack(receipt));
      },
      release: async (watch) => {
        const receipt = await received();
        await watch(() => queue.release(receipt, { delay: 900 }));
      },
      extend: async (watch) => {
        const receipt = await received();
        await watch(() => queue.extend(receipt, 900));
      },
      bury: async (watch) => {
        const receipt = await received();
        await watch(() => queue.bury(receipt, { name: 'Bad', message: '' }));
      },
      depth: (watch) => watch(() => queue.depth()),
      dead: (watch) => watch(() => queue.dead()),
      redrive: (watch) => watch(() => queue.redrive()),
      send: (watch) => watch(() => queue.send(1)),
      sendBatch: (watch) => watch(() => queue.sendBatch([{ message: 1 }])),
    });
  });
};

if (hasFauxqs) describe('S3 and SQS', bucketsAndQueues);
else test.skip(`SKIPPED rights of S3 and SQS: ${FAUXQS_WANTED}`, () => {});

const tables = async () => {
  const dynamodb = await openDynamoDb();
  afterAll(() => dynamodb.close());

  test('a table needs no other rights than those it says', async () => {
    const table = tableOn(dynamodb.client, await makeTable(dynamodb.client, randomUUID()));
    const needs = ({ command, input }: Call): string[] => {
      const { TransactItems } = input as { TransactItems?: readonly Record<string, object>[] };
      const actions = TransactItems?.flatMap((one) => Object.keys(one)).map((kind) =>
        kind === 'ConditionCheck' ? 'ConditionCheckItem' : `${kind}Item`,
      );
      return (actions ?? [command]).map((action) => `resource dynamodb:${action}`);
    };
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`field-${n}`, n]));
    await expectRights('table', dynamodb.client, needs, {
      get: (watch) => watch(() => table.get(p('a'))),
      query: (watch) => watch(() => table.query('p')),
      create: (watch) => watch(() => table.create(p('a'), {})),
      put: (watch) => watch(() => table.put(p('a'), {})),
      replace: (watch) => watch(() => table.replace(p('a'), {})),
      update: (watch) => watch(() => table.update(p('a'), { n: 1 }).then(() => table.update(p('a'), many))),
      add: (watch) => watch(() => table.add(p('b'), { n: 1 }, { otherwise: {} })),
      delete: (watch) => watch(() => table.delete(p('b'))),
      transact: async (watch) => {
        const { version } = await table.put(p('c'), {});
        await watch(() =>
          table.transact('p', [
            { kind: 'put', id: 'a', value: {} },
            { kind: 'add', id: 'b', amounts: many, otherwise: {} },
            { kind: 'check', id: 'c', ifMatch: version },
            { kind: 'delete', id: 'd' },
          ]),
        );
      },
    });
  });
};

if (hasDynamoDb) describe('DynamoDB', tables);
else test.skip(`SKIPPED rights of DynamoDB: ${DYNAMODB_WANTED}`, () => {});

test('a secret needs no other rights than those it says', async () => {
  const secrets = await openSecrets();
  await setSecret(secrets.client, 'a', 'value');
  await expectRights('secret', secrets.client, ({ command }) => [`resource secretsmanager:${command}`], {
    get: (watch) => watch(() => secretOn(secrets.client, 'a').get()),
  });
  await secrets.close();
});

test('an access has the rights of the methods that it leaves', () => {
  const names = (kind: ClientKind, mode: 'read' | 'write' | 'all') =>
    actionsFor(kind, mode).map(({ on, action }) => `${on} ${action}`);
  expect(names('bucket', 'read')).toEqual(['objects s3:GetObject', 'resource s3:ListBucket']);
  expect(names('bucket', 'write')).not.toContain('objects s3:GetObject');
  expect(names('queue', 'write')).toEqual(['resource sqs:SendMessage']);
  expect(names('table', 'read')).toEqual(['resource dynamodb:GetItem', 'resource dynamodb:Query']);
  expect(names('table', 'write')).toEqual([
    ...['ConditionCheckItem', 'DeleteItem', 'PutItem', 'UpdateItem'].map((name) => `resource dynamodb:${name}`),
  ]);
  for (const kind of ['bucket', 'queue', 'table'] as const)
    expect(new Set(names(kind, 'all'))).toEqual(new Set([...names(kind, 'read'), ...names(kind, 'write')]));
  expect(names('secret', 'all')).toEqual(['resource secretsmanager:GetSecretValue']);
});
