import { app, step, workflow } from 'skein';
import { afterEach, expect, test } from 'vitest';
import { memoryTable } from '../../../handlers/aws/sandbox/in-process/memory-table.ts';
import { RUNS_APP } from '../../conformance/runs-app.ts';
import { until } from '../../support/server.ts';
import { type AwsRoom, openAwsRoom } from './aws-runs.ts';

const opened: AwsRoom[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

test('of a run of another app that goes on nothing is asked; when it is over, what is written down is told', async () => {
  const shared = memoryTable(Date.now);
  const open = async (one: typeof RUNS_APP): Promise<AwsRoom> => {
    const room = await openAwsRoom(one, { dressTable: () => shared });
    opened.push(room);
    return room;
  };
  const note = step('note', { run: () => null });
  const own = await open(RUNS_APP);
  const other = await open(app('other', { workflows: [workflow('noting', { run: () => note({}) })] }));
  // As a role would refuse it.
  for (const action of ['DescribeExecution', 'GetExecutionHistory', 'StopExecution'])
    other.states.refusals.set(action, 'AccessDeniedException');
  await own.room.runs.start('approve', {}, 'theirs');
  for (const path of ['/runs/theirs', '/runs/theirs/steps']) expect((await other.fetch(path)).status).toBe(404);
  const init = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };
  for (const path of ['/runs/theirs/cancel', '/runs/theirs/events/approved'])
    expect((await other.fetch(path, init)).status).toBe(404);
  const listed = async () => (await other.room.runs.list({})).items.map(({ id, status }) => [id, status]);
  expect(await listed()).toEqual([['theirs', 'running']]);
  await own.room.runs.event('theirs', 'approved', { by: 'Ada' });
  await until(async () => ((await own.room.runs.status('theirs')).status === 'succeeded' ? true : undefined));
  expect(await other.room.runs.status('theirs')).toMatchObject({ status: 'succeeded', output: 'Ada' });
  expect(await listed()).toEqual([['theirs', 'succeeded']]);
});
