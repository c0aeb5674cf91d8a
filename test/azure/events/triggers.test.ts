import { TableClient as AzureTable } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { type App, app, consume, queue, schedule } from '../../../core/index.ts';
import { clientsFor, type Resource } from '../../../core/resources/access.ts';
import { foldTrigger, type ScheduleTrigger, type Trigger } from '../../../core/triggers/trigger.ts';
import { triggerQueue } from '../../../core/triggers/trigger-queue.ts';
import { blobEntry } from '../../../handlers/azure/events/blob-entry.ts';
import type { EventRoom } from '../../../handlers/azure/events/event-room.ts';
import { queueEntry } from '../../../handlers/azure/events/queue-entry.ts';
import { timerEntry } from '../../../handlers/azure/events/timer-entry.ts';
import { physicalName, poisonName, storedResources } from '../../../handlers/azure/functions/environment.ts';
import type { ClientKind } from '../../../handlers/azure/resources/actions.ts';
import { bucketOn } from '../../../handlers/azure/resources/bucket.ts';
import { type AzureQueueClient, queueOn } from '../../../handlers/azure/resources/queue.ts';
import { tableOn } from '../../../handlers/azure/resources/table.ts';
import { triggersSuite } from '../../conformance/triggers.ts';
import { AZURITE_WANTED, hasAzurite, openAzurite } from '../azurite.ts';
import { openAzureRoom } from '../runs/azure-runs.ts';
import { handedOver, watchContainer, watchQueue } from './small-host.ts';

vi.setConfig({ testTimeout: 240_000 });

const suite = async () => {
  const azurite = await openAzurite();
  const closing: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
    await azurite.close();
  });
  const blobs = BlobServiceClient.fromConnectionString(azurite.connectionString);
  const queues = QueueServiceClient.fromConnectionString(azurite.connectionString);
  const azureTable = (name: string) =>
    AzureTable.fromConnectionString(azurite.connectionString, name, { allowInsecureConnection: true });

  /** Makes what an app declares, as a deployment does. */
  const provide = async (one: App): Promise<EventRoom['client']> => {
    for (const { resource, physical } of storedResources([one])) {
      if (resource.kind === 'bucket') await blobs.getContainerClient(physical).createIfNotExists();
      if (resource.kind === 'table') await azureTable(physical).createTable();
      if (resource.kind !== 'queue') continue;
      await queues.getQueueClient(physical).createIfNotExists();
      await queues.getQueueClient(poisonName(resource.name)).createIfNotExists();
    }
    const claims = bucketOn(blobs, physicalName({ kind: 'bucket', name: 'skein-claims' }));
    const made = new Map<string, object>();
    return (resource) => {
      const slot = `${resource.kind} ${resource.name}`;
      const client = made.get(slot) ?? clientOf(resource);
      made.set(slot, client);
      return client;
    };
    function clientOf(resource: Resource): object {
      const name = physicalName(resource as Resource & { kind: ClientKind });
      if (resource.kind === 'bucket') return bucketOn(blobs, name);
      if (resource.kind === 'table') return tableOn(azureTable(name));
      if (resource.kind !== 'queue') throw new Error(`no client of ${resource.kind}`);
      return queueOn(queues, { name, deadName: poisonName(resource.name), attempts: resource.attempts, claims });
    }
  };

  const serve = async (one: App) => {
    const own = await provide(one);
    const runs = azureTable(`runs${closing.length}`);
    await runs.createTable();
    const azure = await openAzureRoom(one, { table: tableOn(runs), client: own });
    const room: EventRoom = { client: azure.client, log: () => undefined };
    const queueOfTrigger = (trigger: Trigger) => queues.getQueueClient(physicalName(triggerQueue(trigger)));
    const loops = one.triggers.flatMap((trigger) => [
      watchQueue(queueOfTrigger(trigger), queueEntry(trigger, room)),
      ...foldTrigger<readonly { close(): Promise<void> }[]>({
        consume: () => [],
        object: (object) => [watchContainer(blobs, physicalName(object.bucket), blobEntry(object, room))],
        schedule: () => [],
      })(trigger),
    ]);
    const close = async (): Promise<void> => {
      await Promise.all(loops.map((loop) => loop.close()));
      await azure.close();
    };
    return { room, close };
  };

  triggersSuite({
    name: 'azure, on Azurite',
    open: async (one) => {
      const { room, close } = await serve(one);
      return { clients: (uses) => clientsFor(uses, room.client), close };
    },
  });

  const jobs = queue('jobs', { message: z.object({ n: z.number(), text: z.string().optional() }), attempts: 2 });
  const seen: unknown[] = [];
  const consumer = consume(jobs, {
    run: async (message, { idempotencyKey, attempt }) =>
      void seen.push({ ...message, text: undefined, idempotencyKey, attempt }),
  });

  test('what the host hands over in other forms is understood', async () => {
    const client = await provide(app('jobs', { triggers: [consumer] }));
    const entry = queueEntry(consumer, { client, log: () => undefined });
    const own = client(triggerQueue(consumer)) as AzureQueueClient;
    const raw = queues.getQueueClient('jobs');
    const received = async () => (await raw.receiveMessages({ visibilityTimeout: 60 })).receivedMessageItems[0]!;

    // Bytes, and metadata in capitals, of which numbers are texts.
    await own.send({ n: 1 }, { key: 'one' });
    const first = await received();
    await entry(Buffer.from(first.messageText, 'base64'), {
      triggerMetadata: { Id: first.messageId, PopReceipt: first.popReceipt, DequeueCount: '1' },
    });
    expect(seen.splice(0)).toEqual([{ n: 1, idempotencyKey: 'one', attempt: 1 }]);
    await raw.deleteMessage(first.messageId, first.popReceipt);

    // A message that somebody else sent; its id is the key.
    await raw.sendMessage(Buffer.from('{"n":2}').toString('base64'));
    const second = await received();
    await entry(...handedOver(second));
    expect(seen.splice(0)).toEqual([{ n: 2, idempotencyKey: second.messageId, attempt: 1 }]);
    await raw.deleteMessage(second.messageId, second.popReceipt);

    // A long one is gone from its container when it is done.
    await own.send({ n: 3, text: 'x'.repeat(100_000) }, { key: 'three' });
    await entry(...handedOver(await received()));
    expect(seen.splice(0)).toMatchObject([{ n: 3, idempotencyKey: 'three' }]);
    expect(await own.depth()).toEqual({ ready: 0, inFlight: 0, dead: 0 });
    await expect(entry({}, {})).rejects.toMatchObject({ name: 'InvalidInput' });
  });

  test('a message that killed its function each time is buried when it comes once more', async () => {
    const client = await provide(app('jobs', { triggers: [consumer] }));
    const own = client(triggerQueue(consumer)) as AzureQueueClient;
    const raw = queues.getQueueClient('jobs');
    await own.send({ n: 9 }, { key: 'nine' });
    for (let time = 0; time < 2; time++) {
      const [message] = (await raw.receiveMessages()).receivedMessageItems;
      await raw.updateMessage(message!.messageId, message!.popReceipt, undefined, 0);
    }
    const [third] = (await raw.receiveMessages()).receivedMessageItems;
    await queueEntry(consumer, { client, log: () => undefined })(...handedOver(third!));
    expect(seen).toEqual([]);
    expect(await own.dead()).toMatchObject([{ key: 'nine', error: { name: 'TooManyAttempts' } }]);
    await own.redrive();
    await raw.clearMessages();
  });

  test('where the host has a newer receipt the function fails, and the message is not lost', async () => {
    const failing = consume(jobs, {
      run: () => {
        throw new Error('not yet');
      },
    });
    const client = await provide(app('jobs', { triggers: [failing] }));
    const own = client(triggerQueue(failing)) as AzureQueueClient;
    const raw = queues.getQueueClient('jobs');
    await own.send({ n: 1 });
    const [message] = (await raw.receiveMessages()).receivedMessageItems;
    await raw.updateMessage(message!.messageId, message!.popReceipt, undefined, 60);
    const entry = queueEntry(failing, { client, log: () => undefined });
    await expect(entry(...handedOver(message!))).rejects.toThrow('newer receipt');
    expect(await own.depth()).toMatchObject({ ready: 1 });
    await raw.clearMessages();
  });

  test('a schedule is delivered once for each time that is due, whenever the host calls', async () => {
    const times: unknown[] = [];
    const hourly: ScheduleTrigger = schedule('15 * * * *', {
      name: 'hourly',
      run: ({ scheduledAt }, { idempotencyKey }) => void times.push([scheduledAt, idempotencyKey]),
    });
    const { room, close } = await serve(app('hourly', { triggers: [hourly] }));
    closing.push(close);
    const call = (at: string) => timerEntry(hourly, room, () => Date.parse(at))({ isPastDue: false });
    // Early, at its time, late, and after a pause of hours.
    await call('2026-11-21T08:14:59.200Z');
    await call('2026-11-21T09:15:00.010Z');
    await call('2026-11-21T10:29:00.000Z');
    await call('2026-11-21T17:00:00.000Z');
    await vi.waitFor(() => expect(times).toHaveLength(4), { timeout: 30_000 });
    expect(times.toSorted()).toEqual(
      ['08', '09', '10', '16'].map((hour) => [`2026-11-21T${hour}:15:00.000Z`, `hourly.20261121T${hour}15Z`]),
    );
  });
};

if (hasAzurite) describe('triggers', suite);
else test.skip(`SKIPPED triggers: ${AZURITE_WANTED}`, () => {});
