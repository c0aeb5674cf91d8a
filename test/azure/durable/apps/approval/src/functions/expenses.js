const { app } = require('@azure/functions');
const df = require('durable-functions');

df.app.orchestration('expenseApproval', function* (context) {
  yield context.df.callActivity('requestApproval', context.df.getInput());

  const expiration = new Date(context.df.currentUtcDateTime.getTime());
  expiration.setHours(expiration.getHours() + 72);
  const timeoutTask = context.df.createTimer(expiration);
  const approvalTask = context.df.waitForExternalEvent('ApprovalEvent');

  const winner = yield context.df.Task.any([approvalTask, timeoutTask]);
  if (winner === approvalTask) {
    timeoutTask.cancel();
    return yield context.df.callActivity('processApproval', approvalTask.result);
  }
  return yield context.df.callActivity('escalate', context.df.getInput());
});

df.app.activity('requestApproval', { handler: (expense) => `please approve ${expense}` });
df.app.activity('processApproval', { handler: (approved) => (approved ? 'paid' : 'refused') });
df.app.activity('escalate', { handler: (expense) => `${expense} went to the manager` });

app.http('requestExpense', {
  methods: ['POST'],
  route: 'expenses/{id}',
  extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const client = df.getClient(context);
    const { id } = request.params;
    const status = await client.getStatus(id).catch(() => undefined);
    if (status !== undefined && status.runtimeStatus !== df.OrchestrationRuntimeStatus.Completed) {
      return { status: 409, body: `An expense with ID '${id}' already exists.` };
    }
    await client.startNew('expenseApproval', { instanceId: id, input: await request.text() });
    return client.createCheckStatusResponse(request, id);
  },
});

app.http('approveExpense', {
  methods: ['POST'],
  route: 'expenses/{id}/approve',
  extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const client = df.getClient(context);
    await client.raiseEvent(request.params.id, 'ApprovalEvent', (await request.text()) === 'yes');
    return { status: 202 };
  },
});
