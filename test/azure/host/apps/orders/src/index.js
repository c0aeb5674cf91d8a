const { app } = require('@azure/functions');

app.hook.appStart((context) => {
  context.hookData.started = true;
});

app.hook.preInvocation((context) => {
  if (context.invocationContext.options.trigger.type === 'httpTrigger') {
    const original = context.functionHandler;
    context.functionHandler = async (request, invocation) => {
      const response = await original(request, invocation);
      return response?.jsonBody?.hooked === false
        ? { ...response, jsonBody: { ...response.jsonBody, hooked: true } }
        : response;
    };
  }
});

app.hook.postInvocation((context) => {
  if (context.error) context.invocationContext.error(`failed: ${context.error.message}`);
});
