import { setTimeout } from 'node:timers/promises';
import { app } from '@azure/functions';

app.setup({ enableHttpStream: true });

app.http('ticks', {
  methods: ['GET'],
  route: 'ticks/{count:int}',
  handler: (request) => {
    async function* ticks() {
      for (let tick = 1; tick <= Number(request.params.count); tick++) {
        yield Buffer.from(`data: ${tick}\n\n`);
        await setTimeout(20);
      }
    }
    return { headers: { 'content-type': 'text/event-stream' }, body: ticks() };
  },
});

app.http('upload', {
  methods: ['POST'],
  handler: async (request) => {
    let bytes = 0;
    for await (const chunk of request.body) bytes += chunk.length;
    return { jsonBody: { bytes, query: request.query.getAll('tag') } };
  },
});

const gate = Promise.withResolvers();

app.http('gated', {
  handler: () => {
    async function* gated() {
      yield Buffer.from('before');
      await gate.promise;
      yield Buffer.from('after');
    }
    return { body: gated() };
  },
});

app.http('open', {
  handler: () => {
    gate.resolve();
    return { status: 200 };
  },
});

app.http('nothing', { handler: () => undefined });

app.http('refuse', { methods: ['POST'], handler: () => ({ status: 413, body: 'too much' }) });

app.http('wrong', {
  handler: () => {
    throw new Error('no');
  },
});

app.http('halfway', {
  handler: () => {
    async function* half() {
      yield Buffer.from('half');
      throw new Error('broken');
    }
    return { body: half() };
  },
});
