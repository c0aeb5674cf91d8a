import { afterEach, describe, expect, test, vi } from 'vitest';
import { type LocalTarget, TARGETS } from '../../loadtests/lab/targets.ts';
import { temporary, until } from '../support/server.ts';
import { ask, openTarget } from './open-target.ts';
import { hasAws, hasAzurite, titled } from './room-tools.ts';

const target = (name: string): LocalTarget => TARGETS[name]!;
afterEach(() => void vi.unstubAllEnvs());

const QUESTION = '/integral/0/1';

describe.skipIf(!hasAws)(titled(hasAws, 'lambda'), () => {
  test('is sandboxes that come with the requests, each with one at a time for all of its slot', async () => {
    const slotMs = 1000;
    const { fleet, events, work } = await openTarget(target('lambda'), { slotMs });
    expect([fleet.size(), events]).toEqual([0, []]);
    const both = await Promise.all(['a', 'b'].map((id) => ask(fleet.url, QUESTION, id)));
    for (const { got, ms } of both) {
      expect(got).toMatch(/^200 /);
      expect(ms).toBeGreaterThan(slotMs - 1);
    }
    expect(fleet.size()).toBe(2);
    const begun = work.filter(({ kind }) => kind === 'begin');
    expect(new Set(begun.map(({ instance }) => instance))).toEqual(new Set(['fn-1', 'fn-2']));
    expect(new Set(begun.map(({ id }) => id))).toEqual(new Set(['a', 'b']));
    for (const { kind, bootMs, scaled } of events.filter((one) => one.kind === 'ready'))
      expect([kind, scaled, bootMs! > 0]).toEqual(['ready', true, true]);
    // One that is there takes the next.
    const warm = await ask(fleet.url, QUESTION, 'c');
    expect([warm.got.slice(0, 3), fleet.size()]).toEqual(['200', 2]);
    expect(work.at(-1)).toMatchObject({ kind: 'end', id: 'c', pid: expect.toBeOneOf(begun.map(({ pid }) => pid)) });

    await fleet.perform({ kind: 'cold-start-storm', at: 0 });
    await until(async () => (fleet.size() === 0 ? true : undefined));
    expect((await ask(fleet.url, QUESTION, 'd')).got).toMatch(/^200 /);
    expect(work.at(-1)).toMatchObject({ id: 'd', instance: 'fn-3' });

    const errors = await fleet.perform({ kind: 'errors', rate: 1, at: 0 });
    await until(async () => ((await ask(fleet.url, QUESTION, 'e')).got === '500 fault' ? true : undefined));
    errors?.end();
    await until(async () => (/^200 /.test((await ask(fleet.url, QUESTION, 'f')).got) ? true : undefined));
  }, 300_000);
});

test('lambda says what is to be installed, where it is not', async () => {
  vi.stubEnv('XDG_CACHE_HOME', temporary());
  await expect(openTarget(target('lambda'))).rejects.toThrow(
    /^instance room ended with \d+: skein: AWS's runtime interface client is not built on this machine: npm run tools:aws-ric/,
  );
});

describe.skipIf(!hasAzurite)(titled(hasAzurite, 'azure-functions'), () => {
  test('is a worker whose answers bear its name, and another after a kill', async () => {
    const { fleet, events, work } = await openTarget(target('azure-functions'), { slotMs: 50 });
    expect(fleet.size()).toBe(1);
    const [, ready] = events;
    expect(ready).toMatchObject({ kind: 'ready', instance: 'fn-1', scaled: false });
    expect((await ask(fleet.url, QUESTION, 'a')).got).toMatch(/^200 /);
    await until(async () => (work.length === 2 ? true : undefined));
    for (const one of work) expect(one).toMatchObject({ id: 'a', instance: 'fn-1', pid: ready!.pid });
    await fleet.perform({ kind: 'kill', at: 0 });
    await until(async () => (fleet.size() === 0 ? true : undefined));
    expect((await ask(fleet.url, QUESTION, 'b')).got).toMatch(/^200 /);
    expect(events.at(-1)).toMatchObject({ kind: 'ready', instance: 'fn-2', scaled: true, bootMs: expect.any(Number) });
  }, 300_000);
});
