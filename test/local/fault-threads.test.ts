import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { open } from '../../handlers/local/dev.ts';
import { startServer, temporary } from '../support/server.ts';
import filing from './programs/filing.ts';

const MODULE = join(import.meta.dirname, 'programs/filing.ts');
const OTHERS = ['b', 'c', 'd', 'e', 'f', 'g'];
const faulty = (fault: string) => ({ SKEIN_TEST: '1', SKEIN_FAULT: fault });

describe('faults in the threads of steps', { timeout: 60_000 }, () => {
  test.each(['bucket', 'table', 'queue'])('operations of a %s are counted with those of the room', async (target) => {
    const server = await startServer({ module: MODULE, env: faulty(`${target}:count`) });
    const { id } = await server.start('filing', { first: 'a', others: OTHERS });
    expect((await server.over(id)).status).toBe('succeeded');
    expect((await server.stop()).stdout).toMatch(new RegExp(`\\n${target} operations: 7\\n$`));
  });

  test.each(['bucket', 'table', 'queue'])('one operation of a %s fails, once', async (target) => {
    const room = await open(filing, { env: faulty(`${target}:4:ENOSPC`) });
    const { id } = await room.start('filing', { first: 'a', others: OTHERS });
    expect(await room.result(id)).toMatchObject({ output: OTHERS.map(() => null) });
    const calls = (await room.calls(id)).map(({ step }) => step);
    expect(calls.filter((step) => step === 'near')).toHaveLength(1);
    // One of them was called twice.
    expect(calls.filter((step) => step === 'far')).toHaveLength(OTHERS.length + 1);
    await room.close();
  });

  test('what fails each time fails there too', async () => {
    const room = await open(filing, { env: faulty('bucket:every:EIO') });
    const { id } = await room.start('filing', { first: 'a', others: OTHERS });
    expect(await room.result(id)).toMatchObject({
      error: { name: 'Unavailable', message: expect.stringContaining('EIO: i/o error') },
    });
    await room.close();
  });

  test.each(['kill', 'torn'])('%s ends the whole process; the run goes on at the next start', async (action) => {
    const data = temporary();
    const server = await startServer({ module: MODULE, data, env: faulty(`bucket:5:${action}`) });
    await server.start('filing', { first: 'a', others: OTHERS }, 'f');
    expect((await server.ended).signal).toBe('SIGKILL');
    const room = await open(filing, { data, env: {} });
    expect(await room.result('f')).toMatchObject({ output: OTHERS.map(() => null) });
    await room.close();
  });
});
