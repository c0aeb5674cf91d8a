import { app, step, waitFor, workflow } from 'skein';
import { open as openAws } from 'skein/aws/dev';
import { open as openAzure } from 'skein/azure/dev';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

const greet = step('greet', {
  input: z.object({ name: z.string() }),
  run: ({ name }) => {
    if (name === 'nobody') throw Object.assign(new Error('the answer is no'), { name: 'Refused' });
    return { greeting: `Hello, ${name}` };
  },
});
const greeting = workflow('greeting', { input: z.object({ name: z.string() }), run: (input) => greet(input) });
const approve = workflow('approve', { run: () => waitFor('approved', { schema: z.object({ by: z.string() }) }).by });
const office = app('office', { workflows: [greeting, approve] });

describe.each([
  ['skein/aws/dev', openAws],
  ['skein/azure/dev', openAzure],
])('%s', (_name, open) => {
  test('P8: open a room in this process', async () => {
    const room = await open(office, { clock: 'virtual' });
    try {
      expect(await (await room.fetch(new Request('http://localhost/'))).text()).toContain('office');
      expect(await room.start('greeting', { name: 'Ada' }, { id: 'p8' })).toMatchObject({ id: 'p8' });
      expect(await room.result('p8')).toEqual({ output: { greeting: 'Hello, Ada' } });
      expect(await room.calls('p8')).toEqual([{ step: 'greet', key: 'p8/greet', input: { name: 'Ada' } }]);

      const waiting = await room.start('approve', {});
      await room.event(waiting.id, 'approved', { by: 'ada' });
      expect(await room.result(waiting.id)).toEqual({ output: 'ada' });

      const doomed = await room.start('approve', {});
      await room.cancel(doomed.id);
      expect(await room.result(doomed.id)).toMatchObject({ error: { name: 'Cancelled' } });

      const refused = await room.start('greeting', { name: 'nobody' });
      expect(await room.result(refused.id)).toMatchObject({ error: { name: 'Refused', message: 'the answer is no' } });
    } finally {
      await room.close();
    }
  });
});
