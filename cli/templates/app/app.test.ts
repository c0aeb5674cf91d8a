import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open } from 'skein/local/dev';
import app from './app.ts';

test('greet-all greets everybody, in order', async () => {
  const room = await open(app, { clock: 'virtual' });
  try {
    const { id } = await room.start('greet-all', { names: ['Ada', 'Grace'] });
    assert.deepEqual(await room.result(id), { output: ['Hello, Ada!', 'Hello, Grace!'] });
    assert.equal((await room.calls(id)).length, 2);
  } finally {
    await room.close();
  }
});

test('the routes answer, and refuse what does not fit', async () => {
  const room = await open(app);
  const post = (body: unknown) =>
    room.fetch(new Request('http://localhost/greetings', { method: 'POST', body: JSON.stringify(body) }));
  try {
    const hello = await room.fetch(new Request('http://localhost/hello/Ada'));
    assert.deepEqual(await hello.json(), { greeting: 'Hello, Ada!' });

    const started = await post({ names: ['Grace'] });
    assert.equal(started.status, 202);
    const { id } = (await started.json()) as { id: string };
    assert.deepEqual(await room.result(id), { output: ['Hello, Grace!'] });

    assert.equal((await post({ names: 'Grace' })).status, 400);
  } finally {
    await room.close();
  }
});
