import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { app, bucket, type Json, large, sleep, step, waitFor, workflow } from '../../../core/index.ts';
import { type Dev, type DevOptions, open } from '../../../handlers/azure/dev.ts';

const shots = bucket('shots');
const anyText = {
  '~standard': { version: 1 as const, vendor: 'dev', validate: (value: unknown) => ({ value: value as string }) },
};
const make = step('make', { output: large(anyText), run: (input) => 'x'.repeat(input as number) });
const measure = step('measure', { run: (input) => (input as string).length });
const keep = step('keep', {
  uses: { shots: shots.write },
  run: async (_, { shots: to }) => void (await to.put('k', 'v')),
});
const approval = workflow('approval', {
  public: true,
  run: (input) => {
    const made = make(input as never);
    sleep(3_600);
    return { answer: waitFor('answer'), bytes: measure(made) };
  },
});
const storing = workflow('storing', { run: () => keep(null) });
const desk = app('desk', { workflows: [approval, storing] });

let dev: Dev | undefined;
let folder: string | undefined;
const opened = async (options: DevOptions = {}): Promise<Dev> => {
  dev = await open(desk, { clock: 'virtual', env: {}, ...options });
  return dev;
};
afterEach(async () => {
  await dev?.close();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  [dev, folder] = [undefined, undefined];
});

describe('skein/azure/dev', () => {
  test('runs are started, answered and read over HTTP', async () => {
    const room = await opened();
    const started = await room.fetch(
      new Request('http://dev/workflows/approval/runs', {
        method: 'POST',
        body: '5',
        headers: { 'content-type': 'application/json' },
      }),
    );
    expect(started.status).toBe(202);
    const { id } = (await started.json()) as { id: string };
    await room.event(id, 'answer', 'yes', { key: 'once' });
    await room.event(id, 'answer', 'yes', { key: 'once' }).catch(() => undefined);
    expect(await room.result(id)).toStrictEqual({ output: { answer: 'yes', bytes: 5 } });
    const admin = { headers: { authorization: `Bearer ${room.adminKey}` } };
    const status = await room.fetch(new Request(`http://dev/runs/${id}`, admin));
    expect(await status.json()).toMatchObject({ id, status: 'succeeded', progress: { done: 2, total: 2 } });
    const steps = await room.fetch(new Request(`http://dev/runs/${id}/steps`, admin));
    expect(((await steps.json()) as { items: Json[] }).items).toHaveLength(2);
    expect((await room.calls(id)).map(({ key }) => key)).toStrictEqual([`${id}/make`, `${id}/measure`]);
  });

  test('what is in the folder goes on in the next room', async () => {
    folder = await mkdtemp(join(tmpdir(), 'skein-azure-dev-'));
    const first = await opened({ data: folder });
    await first.start('approval', 400_000, { id: 'r' });
    await expect(first.start('approval', 4, { id: 'r' })).rejects.toMatchObject({ name: 'Conflict' });
    await first.close();
    const second = await opened({ data: folder });
    expect(await second.start('approval', 400_000, { id: 'r' })).toStrictEqual({ id: 'r', created: false });
    await second.event('r', 'answer', 'late');
    expect(await second.result('r')).toStrictEqual({ output: { answer: 'late', bytes: 400_000 } });
  });

  test('without storage a bucket is Unavailable, and the error says what is missing', async () => {
    const room = await opened();
    await room.start('storing', null, { id: 'r' });
    expect(await room.result('r')).toMatchObject({
      error: { name: 'Unavailable', message: expect.stringContaining('SKEIN_STORAGE') },
    });
    await expect(room.clients({ shots: shots.write }).shots.put('k', 'v')).rejects.toMatchObject({
      name: 'Unavailable',
    });
  });

  test('two apps with a workflow of one name are refused', async () => {
    await expect(open([desk, app('other', { workflows: [storing] })], { env: {} })).rejects.toThrow(
      "the apps 'desk' and 'other' both have a workflow 'storing'",
    );
  });
});
