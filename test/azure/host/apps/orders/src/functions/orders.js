const { app, input, output } = require('@azure/functions');
const { QueueServiceClient } = require('@azure/storage-queue');

const queueOutput = output.storageQueue({ queueName: '%ORDERS%', connection: 'AzureWebJobsStorage' });
const receiptOutput = output.storageBlob({ path: 'receipts/{id}.json', connection: 'AzureWebJobsStorage' });
const receiptInput = input.storageBlob({ path: 'receipts/{id}.json', connection: 'AzureWebJobsStorage' });

app.http('placeOrder', {
  methods: ['POST'],
  route: 'orders',
  extraOutputs: [queueOutput],
  handler: async (request, context) => {
    const orders = await request.json();
    context.extraOutputs.set(queueOutput, orders);
    return { status: 202 };
  },
});

const ownQueue = () =>
  QueueServiceClient.fromConnectionString(process.env.AzureWebJobsStorage).getQueueClient(process.env.ORDERS);

app.storageQueue('handleOrder', {
  queueName: '%ORDERS%',
  connection: 'AzureWebJobsStorage',
  return: receiptOutput,
  handler: async (order, context) => {
    const { id, popReceipt } = context.triggerMetadata;
    if (order.settle === 'delete') await ownQueue().deleteMessage(id, popReceipt);
    if (order.settle === 'hide') await ownQueue().updateMessage(id, popReceipt, 'eyJsYXRlciI6MX0=', 3600);
    context.log('order', typeof order, context.triggerMetadata.dequeueCount);
    if (order.bad) throw new Error('cannot handle it');
    return { order, attempt: context.triggerMetadata.dequeueCount, queued: context.triggerMetadata.insertionTime };
  },
});

app.storageBlob('confirm', {
  path: 'receipts/{name}.json',
  connection: 'AzureWebJobsStorage',
  return: output.storageBlob({ path: 'confirmations/{name}.txt', connection: 'AzureWebJobsStorage' }),
  handler: (blob, context) => {
    context.log(`blob "${context.triggerMetadata.name}" with ${blob.length} bytes`);
    return `confirmed ${JSON.parse(blob.toString()).order.id}`;
  },
});

app.http('receipt', {
  methods: ['GET'],
  route: 'receipts/{id}',
  extraInputs: [receiptInput],
  handler: (_request, context) => {
    const receipt = context.extraInputs.get(receiptInput);
    return receipt ? { body: receipt, headers: { 'content-type': 'application/json' } } : { status: 404 };
  },
});

app.timer('report', {
  schedule: '0 0 3 29 2 *',
  return: output.storageQueue({ queueName: 'reports', connection: 'AzureWebJobsStorage' }),
  handler: (timer, context) => {
    context.log('Timer function processed request.');
    return { isPastDue: timer.isPastDue, last: timer.scheduleStatus.last, next: timer.scheduleStatus.next };
  },
});
