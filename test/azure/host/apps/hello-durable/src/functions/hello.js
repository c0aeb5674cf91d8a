const { app } = require('@azure/functions');
const df = require('durable-functions');

const activityName = 'hello';

df.app.orchestration('helloOrchestrator', function* (context) {
  const outputs = [];
  outputs.push(yield context.df.callActivity(activityName, 'Tokyo'));
  outputs.push(yield context.df.callActivity(activityName, 'Seattle'));
  outputs.push(yield context.df.callActivity(activityName, 'Cairo'));
  return outputs;
});

df.app.orchestration('reminder', function* (context) {
  const due = new Date(context.df.currentUtcDateTime.getTime() + 10 * 24 * 3600 * 1000);
  yield context.df.createTimer(due);
  return yield context.df.callActivity(activityName, 'later');
});

df.app.activity(activityName, {
  handler: (input) => `Hello, ${input}`,
});

df.app.orchestration('visit', function* (context) {
  const answer = yield context.df.callHttp({ method: 'GET', url: context.df.getInput() });
  return [answer.statusCode, context.df.version];
});

let [working, most] = [0, 0];
df.app.activity('work', {
  handler: async () => {
    most = Math.max(most, ++working);
    await new Promise((resolve) => setTimeout(resolve, 20));
    working--;
    return most;
  },
});

df.app.orchestration('crowd', function* (context) {
  return Math.max(...(yield context.df.Task.all([1, 2, 3, 4, 5].map(() => context.df.callActivity('work')))));
});

df.app.orchestration('stubborn', function* (context) {
  return yield context.df.callActivity('crashOnce', context.df.getInput());
});

df.app.activity('crashOnce', {
  handler: (file) => {
    const fs = require('node:fs');
    if (!fs.existsSync(file)) {
      fs.writeFileSync(file, 'seen');
      process.exit(1);
    }
    return 'survived';
  },
});

app.http('start', {
  route: 'orchestrators/{orchestratorName}',
  extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const client = df.getClient(context);
    const body = await request.text();
    const instanceId = await client.startNew(request.params.orchestratorName, {
      input: body === '' ? undefined : JSON.parse(body),
    });
    context.log(`Started orchestration with ID = '${instanceId}'.`);
    return client.createCheckStatusResponse(request, instanceId);
  },
});

app.http('wait', {
  route: 'wait/{orchestratorName}',
  extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const client = df.getClient(context);
    const instanceId = await client.startNew(request.params.orchestratorName);
    return client.waitForCompletionOrCreateCheckStatusResponse(request, instanceId, {
      timeoutInMilliseconds: 20000,
      retryIntervalInMilliseconds: 100,
    });
  },
});
