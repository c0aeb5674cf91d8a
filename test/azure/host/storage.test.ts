import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AZURITE_WANTED, type Azurite, hasAzurite, openAzurite } from '../azurite.ts';
import { appFolder, openApp } from './open-app.ts';

const orders = appFolder('orders');
/** Nothing is looked at but by `drain`. */
const still = { pollEvery: 60_000 } as const;

describe.skipIf(!hasAzurite)(hasAzurite ? 'queues, blobs and timers' : `SKIPPED: ${AZURITE_WANTED}`, () => {
  let azurite: Azurite;
  beforeAll(async () => {
    azurite = await openAzurite();
  });
  afterAll(() => azurite?.close());

  const queue = (name: string) =>
    QueueServiceClient.fromConnectionString(azurite.connectionString).getQueueClient(name);
  const container = (name: string) =>
    BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient(name);
  const messages = async (name: string): Promise<unknown[]> =>
    (await queue(name).peekMessages({ numberOfMessages: 32 })).peekedMessageItems.map(({ messageText }) =>
      JSON.parse(Buffer.from(messageText, 'base64').toString()),
    );
  const send = async (name: string, ...texts: string[]): Promise<void> => {
    await queue(name).createIfNotExists();
    for (const text of texts) await queue(name).sendMessage(Buffer.from(text).toString('base64'));
  };
  const open = (settings: Readonly<Record<string, string>> = {}) =>
    openApp(orders, { ...still, connectionString: azurite.connectionString, env: settings });

  it('takes an order from HTTP over a queue to a blob, and on from there', async () => {
    const { host } = await open({ ORDERS: 'shop' });
    const order = { id: 'a-1', items: ['ü'] };
    const posted = await host.fetch('/api/orders', { method: 'POST', body: JSON.stringify([order]) });
    expect(posted.status).toBe(202);
    await host.drain();
    const receipt = await (await host.fetch('/api/receipts/a-1')).json();
    expect(receipt).toMatchObject({ order, attempt: 1, queued: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) });
    const confirmation = await container('confirmations').getBlobClient('a-1.txt').downloadToBuffer();
    expect(confirmation.toString()).toBe('confirmed a-1');
    expect((await host.fetch('/api/receipts/none')).status).toBe(404);
    expect((await queue('shop').getProperties()).approximateMessagesCount).toBe(0);
  });

  it('tries a message three times as host.json says, then moves it to the poison queue', async () => {
    const { host, log } = await open({ ORDERS: 'bad' });
    await send('bad', '{"id":"b-1","bad":true}');
    await queue('bad').sendMessage('no base64!');
    await host.drain();
    const failed = log.filter(({ fields }) => fields.error === 'Error: cannot handle it');
    expect(failed).toHaveLength(3);
    const refused = log.filter(({ message }) => message === 'message refused');
    expect(refused).toHaveLength(3);
    const { peekedMessageItems } = await queue('bad-poison').peekMessages({ numberOfMessages: 32 });
    expect(peekedMessageItems.map(({ messageText }) => messageText).sort()).toEqual([
      'eyJpZCI6ImItMSIsImJhZCI6dHJ1ZX0=',
      'no base64!',
    ]);
    expect((await queue('bad').getProperties()).approximateMessagesCount).toBe(0);
  });

  it('lets an app settle a message itself, whether its function fails or not', async () => {
    const { host, log } = await open({ ORDERS: 'own' });
    for (const settle of ['delete', 'hide'])
      for (const bad of [false, true]) await send('own', JSON.stringify({ id: 'o', settle, bad }));
    await host.drain();
    const told = (what: string) => log.filter(({ message }) => message === what).length;
    expect(['function failed', 'message settled by the app', 'message not settled'].map(told)).toEqual([2, 4, 0]);
    expect((await queue('own').getProperties()).approximateMessagesCount).toBe(2);
  });

  it('leaves text that is JSON to the library, which reads it', async () => {
    const { host, log } = await open({ ORDERS: 'quirks' });
    // `id` is the message's own where the text has none.
    await send('quirks', '123', '"text"', 'plain', '[1]');
    await host.drain();
    const said = log.filter(({ message }) => message.startsWith('order ')).map(({ message }) => message);
    expect(said.sort()).toEqual(['order number 1', 'order object 1', 'order string 1', 'order string 1']);
  });

  it('calls for a blob once, for what is written anew again, and not for what another host handled', async () => {
    const blob = container('receipts').getBlockBlobClient('c-1.json');
    await container('receipts').createIfNotExists();
    await blob.uploadData(Buffer.from('{"order":{"id":"one"}}'));
    const calls = (log: readonly { message: string }[]) =>
      log.filter(({ message }) => message.startsWith('blob "c-1"'));
    const first = await open();
    await first.host.drain();
    await first.host.drain();
    expect(calls(first.log)).toHaveLength(1);
    await blob.uploadData(Buffer.from('{"order":{"id":"two"}}'));
    await first.host.drain();
    expect(calls(first.log)).toHaveLength(2);
    const second = await open();
    await second.host.drain();
    expect(calls(second.log)).toEqual([]);
  });

  it('gives up a blob after five attempts', async () => {
    await container('receipts').createIfNotExists();
    await container('receipts').getBlockBlobClient('d-1.json').uploadData(Buffer.from('no json'));
    const { host, log } = await open();
    await host.drain();
    expect(log.filter(({ message }) => message.startsWith('blob "d-1"'))).toHaveLength(5);
    expect(await messages('webjobs-blobtrigger-poison')).toMatchObject([
      { Type: 'BlobTrigger', FunctionId: 'Host.Functions.confirm', ContainerName: 'receipts', BlobName: 'd-1.json' },
    ]);
  });

  it('looks by itself, and calls timers by hand', async () => {
    const { host } = await openApp(orders, {
      pollEvery: 10,
      connectionString: azurite.connectionString,
      env: { ORDERS: 'alone' },
    });
    await send('alone', '{"id":"e-1"}');
    const confirmed = container('confirmations').getBlobClient('e-1.txt');
    while (!(await confirmed.exists())) await new Promise((later) => setTimeout(later, 20));
    await host.invoke('report');
    expect(await messages('reports')).toMatchObject([{ isPastDue: false }]);
    const asked = await host.fetch('/admin/functions/report', { method: 'POST', body: '{}' });
    expect(asked.status).toBe(202);
    while ((await messages('reports')).length < 2) await new Promise((later) => setTimeout(later, 20));
  });

  it('calls functions by hand, with outputs written', async () => {
    const { host } = await open();
    const { value } = await host.invoke('handleOrder', { input: '{"id":"f-1"}', metadata: { dequeueCount: 4 } });
    expect(value).toMatchObject({ order: { id: 'f-1' }, attempt: 4 });
    expect(await container('receipts').getBlobClient('f-1.json').exists()).toBe(true);
    await expect(host.invoke('handleOrder', { input: { bad: true } })).rejects.toMatchObject({
      name: 'WorkerError',
      message: 'cannot handle it',
    });
  });

  it('writes JSON with line breaks into queues in strict mode, as the real host', async () => {
    const { host } = await openApp(orders, {
      ...still,
      strict: true,
      triggers: false,
      connectionString: azurite.connectionString,
      env: { ORDERS: 'strict' },
    });
    await host.fetch('/api/orders', { method: 'POST', body: '{"id":"g-1"}' });
    const [message] = (await queue('strict').peekMessages()).peekedMessageItems;
    expect(Buffer.from(message?.messageText ?? '', 'base64').toString()).toBe('{\n  "id": "g-1"\n}');
  });
});

describe('without a storage account', () => {
  it('says whose trigger has none', async () => {
    const env = { AzureWebJobsStorage: '' };
    await expect(openApp(orders, { env })).rejects.toThrow(
      'function handleOrder cannot listen to its queueTrigger: no app setting "AzureWebJobsStorage" holds a connection string',
    );
  });
});
