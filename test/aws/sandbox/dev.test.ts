import { expect, test } from 'vitest';
import { open } from '../../../handlers/aws/dev.ts';
import { runsSuite } from '../../conformance/runs.ts';
import { RUNS_APP } from '../../conformance/runs-app.ts';
import { semanticsSuite } from '../../conformance/semantics/semantics-suite.ts';

const withKey = async (room: Awaited<ReturnType<typeof open>>) => ({
  close: () => room.close(),
  fetch: (path: string, init: RequestInit = {}) =>
    room.fetch(
      new Request(new URL(path, 'http://127.0.0.1:3000'), {
        ...init,
        headers: { ...init.headers, authorization: `Bearer ${room.adminKey}` },
      }),
    ),
});

runsSuite({ name: 'skein/aws/dev', open: async () => withKey(await open(RUNS_APP, { clock: 'virtual' })) });

semanticsSuite({
  name: 'skein/aws/dev',
  open: (app) => open(app, { clock: 'virtual' }),
  deviations: [
    {
      clause: 33,
      title: 'a step at work is told by its signal, and awaited; its own error does not count',
      reason: 'Step Functions neither tells a Lambda function that a sibling failed nor waits for it',
    },
    {
      clause: 41,
      title: 'what is still needed is bounded together, uncatchable',
      reason: 'the interpreter has no bound on a state; Step Functions itself refuses one over 256 KiB',
    },
  ],
});

test('what is not there is not found', async () => {
  const room = await open(RUNS_APP);
  await expect(room.result('nobody')).rejects.toMatchObject({ name: 'NotFound' });
  await expect(room.calls('nobody')).rejects.toMatchObject({ name: 'NotFound' });
  expect((await room.fetch(new Request('http://127.0.0.1:3000/runs'))).status).toBe(401);
  await room.close();
});
