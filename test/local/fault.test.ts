import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ACTIONS, faultsFrom, ioError, TARGETS, type Target } from '../../handlers/local/fault.ts';

const faults = (value: string) => faultsFrom({ SKEIN_TEST: '1', SKEIN_FAULT: value });
const run = (env: Readonly<Record<string, string>>) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'programs/fault-count.ts')], {
    env: { ...process.env, SKEIN_TEST: '1', ...env },
    encoding: 'utf8',
  });

test('the k-th operation of the target meets the action, once, whatever the others do', () => {
  for (const target of TARGETS)
    for (const action of ACTIONS) {
      const { next } = faults(`${target}:3:${action}`);
      const other: Target = target === 'journal' ? 'queue' : 'journal';
      const met = [target, other, target, other, other, target, target, target].map(next);
      expect(met).toEqual([undefined, undefined, undefined, undefined, undefined, action, undefined, undefined]);
    }
});

test('every operation of the target meets the action, and none of the others', () => {
  for (const target of TARGETS)
    for (const action of ACTIONS) {
      const { next } = faults(`${target}:every:${action}`);
      for (const met of [...TARGETS, ...TARGETS]) expect(next(met)).toBe(met === target ? action : undefined);
    }
});

test('nothing happens without SKEIN_TEST=1, even where the value is malformed', () => {
  for (const env of [{}, { SKEIN_TEST: '1' }, { SKEIN_TEST: '1', SKEIN_FAULT: '' }])
    expect(faultsFrom(env).next('bucket')).toBeUndefined();
  for (const SKEIN_TEST of [undefined, '', '0', 'true'])
    for (const SKEIN_FAULT of ['bucket:1:kill', 'nonsense'])
      expect(faultsFrom({ SKEIN_TEST, SKEIN_FAULT }).next('bucket')).toBeUndefined();
});

test('a malformed value is an error that shows the accepted forms', () => {
  const values = [
    'bucket',
    'bucket:',
    'bucket:1',
    'bucket:0:kill',
    'bucket:-1:kill',
    'bucket:1.5:kill',
    'bucket:1e3:kill',
  ];
  const more = [
    'disk:1:kill',
    'bucket:1:burn',
    'bucket:1:kill:now',
    'bucket:every',
    'bucket:every:burn',
    'bucket:Every:kill',
    'bucket:count:1',
    'bucket: 1:kill',
    ':1:kill',
    '1'.repeat(400),
  ];
  for (const value of [...values, ...more]) {
    expect(() => faults(value), value).toThrow(JSON.stringify(value));
    expect(() => faults(value), value).toThrow(
      /<target>:<k>:<action>.*<target>:every:<action>.*<target>:count.*journal.*bucket.*kill.*torn/s,
    );
  }
});

test('an I/O error looks like one of the file system', () => {
  expect(ioError('EIO')).toMatchObject({ code: 'EIO', message: 'EIO: i/o error, write' });
  expect(ioError('ENOSPC')).toMatchObject({ code: 'ENOSPC', message: 'ENOSPC: no space left on device, write' });
});

test('count prints the total of its target when the process exits', () => {
  expect(run({ SKEIN_FAULT: 'journal:count' })).toMatchObject({
    status: 0,
    stdout: 'journal operations: 5\n',
    stderr: '',
  });
  expect(run({ SKEIN_FAULT: 'table:count' }).stdout).toBe('table operations: 0\n');
  expect(run({ SKEIN_FAULT: 'journal:count', SKEIN_TEST: '' }).stdout).toBe('');
});

test('kill ends the process at once', () => {
  expect(run({ SKEIN_FAULT: 'journal:2:kill' })).toMatchObject({ status: null, signal: 'SIGKILL', stdout: '' });
});
