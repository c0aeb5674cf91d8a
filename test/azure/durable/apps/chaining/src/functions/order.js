const { app } = require('@azure/functions');
const df = require('durable-functions');

df.app.orchestration('processOrder', function* (context) {
  const order = context.df.getInput();
  try {
    const reserved = yield context.df.callActivity('reserve', order);
    const paid = yield context.df.callActivity('pay', reserved);
    return yield context.df.callActivity('ship', paid);
  } catch (error) {
    context.df.setCustomStatus('refunding');
    yield context.df.callActivity('release', order);
    return { order, error: error.message.split('\n')[0].trim() };
  }
});

df.app.activity('reserve', {
  handler: (order) => ({ ...order, reserved: true }),
});

df.app.activity('pay', {
  handler: (order) => {
    if (order.price > 1000) {
      throw new Error('the card was declined');
    }
    return { ...order, paid: true };
  },
});

df.app.activity('ship', {
  handler: (order) => ({ ...order, shipped: true }),
});

df.app.activity('release', {
  handler: (order) => `released ${order.item}`,
});

app.http('processOrderStart', {
  route: 'orchestrators/{orchestratorName}',
  extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const client = df.getClient(context);
    const instanceId = await client.startNew(request.params.orchestratorName, { input: await request.json() });
    context.log(`Started orchestration with ID = '${instanceId}'.`);
    return client.createCheckStatusResponse(request, instanceId);
  },
});
