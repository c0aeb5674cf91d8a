import { afterEach, expect, test } from 'vitest';
import type { Document, Fields } from '../../../core/resources/table.ts';
import { KEPT_DAYS } from '../../../handlers/aws/runs/records.ts';
import { memoryTable } from '../../../handlers/aws/sandbox/in-process/memory-table.ts';
import { RUNS_APP } from '../../conformance/runs-app.ts';
import { until } from '../../support/server.ts';
import { type AwsRoom, openAwsRoom } from './aws-runs.ts';

const DAY = 86_400_000;
let room: AwsRoom | undefined;
afterEach(() => room?.close());

test('everything of a run is gone at one time, whoever wrote it, and nothing of it before', async () => {
  let clock = Date.now;
  room = await openAwsRoom(RUNS_APP, { dressTable: () => memoryTable(() => clock()) });
  const { table } = room;
  const { runs } = room.room;
  await runs.start('greet', { name: 'Ada' }, 'ended');
  const ended = await until(async () => {
    const status = await runs.status('ended');
    return status.status === 'running' ? undefined : status;
  });
  await runs.start('approve', {}, 'waiting');
  await runs.event('waiting', 'other', { by: 'Ada' });
  // What lists write is kept no longer.
  await runs.list({});

  const starts = new Map<string, number>();
  for (const id of ['ended', 'waiting']) starts.set(id, Date.parse((await runs.status(id)).startedAt));
  const of = async (partition: string): Promise<readonly Document<Fields>[]> => (await table.query(partition)).items;
  const expected = (id: string) => new Date((starts.get(id) ?? 0) + KEPT_DAYS * DAY);
  for (const id of starts.keys()) {
    const documents = await of(`run/${id}`);
    expect(documents.map((one) => one.id)).toEqual(expect.arrayContaining(['run', 'input/000']));
    for (const one of documents) expect([one.id, one.expiresAt]).toEqual([one.id, expected(id)]);
  }
  expect((await of('run/ended')).map((one) => one.id)).toContain('outcome/000');
  expect((await of('run/waiting')).map((one) => one.id)).toContain('inbox/other');
  const rows = await of('runs');
  expect(rows).toHaveLength(2);
  for (const { value, expiresAt } of rows) expect(expiresAt).toEqual(expected(String(value.id)));

  clock = () => expected('ended').getTime() - 1;
  expect((await runs.status('ended')).output).toEqual(ended.output);
  clock = () => expected('waiting').getTime();
  for (const id of starts.keys())
    await expect(runs.status(id)).rejects.toThrow(expect.objectContaining({ name: 'NotFound' }));
  expect((await runs.list({})).items).toEqual([]);
});
