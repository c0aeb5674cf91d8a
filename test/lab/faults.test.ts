import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FaultAction } from '../../loadtests/lab/faults.ts';
import { AZURE_FRONT_END, AZURE_FUNCTIONS, type OnDemandRules } from '../../loadtests/lab/platform/rules.ts';
import { type LocalTarget, TARGETS } from '../../loadtests/lab/targets.ts';
import { ROOT, until } from '../support/server.ts';
import { plain } from './measuring.ts';
import { ask, openTarget } from './open-target.ts';

async function asks(url: string, times: number): Promise<string[]> {
  const said: string[] = [];
  for (let k = 0; k < times; k++) said.push((await ask(url)).got);
  return said;
}

const behind: LocalTarget = { ...plain(), balancer: AZURE_FRONT_END };
const WELL = '200 here';
const STEP_FAILS = { kind: 'step-fails', step: 'Mapper', rate: 1 } as const;

/** Starts a count of a small text. */
async function sendText(url: string): Promise<{ readonly statusUrl: string; readonly resultUrl: string }> {
  const headers = { 'content-type': 'text/plain' };
  const init = { method: 'POST', headers, body: 'one two two' };
  const response = await fetch(new URL('/word-count/texts?tokenizer=T2', url), init);
  return (await response.json()) as Awaited<ReturnType<typeof sendText>>;
}

async function statusOf(url: string): Promise<string> {
  return ((await (await fetch(url)).json()) as { status: string }).status;
}

describe('a fault does what it says, and nothing more when it is over', () => {
  const cases: readonly {
    readonly fault: FaultAction;
    readonly target: LocalTarget;
    readonly during: (url: string) => Promise<void>;
  }[] = [
    {
      fault: { kind: 'errors', rate: 1 },
      target: plain(),
      during: async (url) => expect(await asks(url, 3)).toEqual(Array(3).fill('500 fault')),
    },
    {
      fault: { kind: 'reset', rate: 1 },
      target: plain(),
      during: async (url) => expect((await ask(url)).got).toMatch(/^(ECONNRESET|UND_ERR_SOCKET)$/),
    },
    {
      fault: { kind: 'slow', ms: 300 },
      target: plain(),
      async during(url) {
        const { got, ms } = await ask(url);
        expect(got).toBe(WELL);
        expect(ms).toBeGreaterThanOrEqual(299);
      },
    },
    {
      fault: { kind: 'partition' },
      target: behind,
      during: async (url) => expect((await ask(url)).got).toMatch(/^502 (failed|nobody)$/),
    },
    {
      fault: { kind: 'throttle', perSecond: 1 },
      target: behind,
      during: async (url) => expect(await asks(url, 6)).toContain('429 throttled'),
    },
  ];

  test.each(cases.map((one) => [one.fault.kind, one] as const))(
    '%s',
    async (_, { fault, target, during }) => {
      const { fleet, events } = await openTarget(target);
      expect(await asks(fleet.url, 2)).toEqual([WELL, WELL]);
      const done = await fleet.perform({ ...fault, at: 0 });
      await during(fleet.url);
      done?.end();
      await until(async () => ((await ask(fleet.url)).got === WELL ? true : undefined));
      expect(await asks(fleet.url, 3)).toEqual([WELL, WELL, WELL]);
      expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['fault', 'over']));
    },
    60_000,
  );

  test('errors and resets of a share leave the rest alone', async () => {
    const { fleet } = await openTarget(plain());
    await fleet.perform({ kind: 'errors', rate: 0.5, at: 0 });
    // All alike of 60 is less likely than one in 10 to the 17.
    expect(new Set(await asks(fleet.url, 60))).toEqual(new Set([WELL, '500 fault']));
  });

  test('pause: nobody answers until it is over, and what waited is answered then', async () => {
    const { fleet } = await openTarget(plain());
    await ask(fleet.url);
    const done = await fleet.perform({ kind: 'pause', at: 0 });
    let answered = false;
    const waiting = ask(fleet.url).then((answer) => {
      answered = true;
      return answer;
    });
    await new Promise((later) => setTimeout(later, 500));
    expect(answered).toBe(false);
    done?.end();
    expect((await waiting).got).toBe(WELL);
  });

  test('kill: the instance is gone; one that restarts has its port and its data again', async () => {
    const { fleet, events } = await openTarget(plain());
    await ask(fleet.url);
    await fleet.perform({ kind: 'kill', restart: true, at: 0 });
    expect((await ask(fleet.url)).got).toBe('ECONNREFUSED');
    await until(async () => ((await ask(fleet.url)).got === WELL ? true : undefined));
    await fleet.perform({ kind: 'kill', at: 0 });
    expect(fleet.size()).toBe(0);
    expect((await ask(fleet.url)).got).toBe('ECONNREFUSED');
    expect(events.map(({ kind }) => kind)).toEqual([
      ...['starting', 'ready', 'fault', 'gone', 'starting', 'ready', 'fault', 'gone'],
    ]);
  });

  test('cold-start-storm: all instances are gone at once, and come back for who asks', async () => {
    const rules: OnDemandRules = { ...AZURE_FUNCTIONS, waitSeconds: 30, everySeconds: 0.1, most: 2 };
    const { fleet, events } = await openTarget({ ...behind, fleet: { kind: 'on-demand', rules } });
    await Promise.all([ask(fleet.url), ask(fleet.url), ask(fleet.url)]);
    // One that was asked for may still be coming when another has answered all three.
    const count = (wanted: string): number => events.filter(({ kind }) => kind === wanted).length;
    await until(async () => (count('ready') === count('starting') ? true : undefined));
    const before = fleet.size();
    expect(before).toBeGreaterThan(0);
    await fleet.perform({ kind: 'cold-start-storm', at: 0 });
    expect(fleet.size()).toBe(0);
    expect((await ask(fleet.url)).got).toBe(WELL);
    expect(events.filter(({ kind }) => kind === 'gone').length).toBe(before);
    expect(events.filter(({ kind, scaled }) => kind === 'ready' && scaled).length).toBeGreaterThan(before);
  });

  test('dependency-down: files of the data folder can be neither read nor written', async () => {
    const target = { ...plain(), command: (data: string) => [join(ROOT, 'test/lab/programs/file-server.ts'), data] };
    const { fleet } = await openTarget(target);
    expect(await asks(fleet.url, 2)).toEqual(['200 1', '200 2']);
    const done = await fleet.perform({ kind: 'dependency-down', at: 0 });
    await until(async () => ((await ask(fleet.url)).got === '500 EIO' ? true : undefined));
    done?.end();
    await until(async () => (/^200 \d$/.test((await ask(fleet.url)).got) ? true : undefined));
  });

  test('two at a time are both there, and one is mended without the other', async () => {
    const { fleet } = await openTarget(plain());
    await ask(fleet.url);
    const errors = await fleet.perform({ kind: 'errors', rate: 1, at: 0 });
    const slow = await fleet.perform({ kind: 'slow', ms: 200, at: 0 });
    expect((await ask(fleet.url)).got).toBe('500 fault');
    errors?.end();
    await until(async () => ((await ask(fleet.url)).got === WELL ? true : undefined));
    expect((await ask(fleet.url)).ms).toBeGreaterThanOrEqual(199);
    slow?.end();
    await until(async () => ((await ask(fleet.url)).ms < 150 ? true : undefined));
  });

  test.each([
    ['a thread', 'Mapper'],
    ['the instance', 'Totals'],
  ])('step-fails: attempts at a step that runs in %s fail, and the count is right all the same', async (_, step) => {
    const { fleet, events } = await openTarget(TARGETS.local!, undefined, { failing: [step] });
    const { statusUrl, resultUrl } = await sendText(fleet.url);
    await until(async () => (await statusOf(statusUrl)) === 'succeeded' || undefined);
    const done = await fleet.perform({ kind: 'step-fails', step, rate: 1, at: 0 });
    const next = await sendText(fleet.url);
    await until(
      async () => events.some(({ kind, step: name }) => kind === 'step-failed' && name === step) || undefined,
    );
    done?.end();
    await until(async () => (await statusOf(next.statusUrl)) === 'succeeded' || undefined);
    for (const url of [resultUrl, next.resultUrl]) expect(await (await fetch(url)).text()).toBe('one\t1\ntwo\t2\n');
    const said = events.flatMap(({ kind, fault }) => (kind === 'fault' || kind === 'over' ? [`${kind} ${fault}`] : []));
    expect(said).toEqual([`fault 100 % of ${step} fail`, `over 100 % of ${step} fail`]);
  });

  test('step-fails: a step that nobody has is named, with those that there are', async () => {
    const errors: string[] = [];
    const { fleet } = await openTarget(TARGETS.local!, undefined, {
      failing: ['Mopper'],
      onError: ({ message }) => void errors.push(message),
    });
    await ask(fleet.url);
    await until(async () => errors.length > 0 || undefined);
    expect(errors[0]).toMatch(/^step-fails: no workflow has a step 'Mopper' \(there are: .*Mapper.*\)$/);
  });

  test('one whose instance is not there is told, and nothing else happens', async () => {
    const rules: OnDemandRules = { ...AZURE_FUNCTIONS, most: 2 };
    const { fleet, events } = await openTarget({ ...behind, fleet: { kind: 'on-demand', rules } });
    expect(await fleet.perform({ kind: 'pause', instance: 1, at: 0 })).toBe(undefined);
    expect(events).toMatchObject([{ kind: 'left-out', fault: 'paused', why: 'there is no instance 1' }]);
  });

  test('a target that cannot have a fault does not get it', async () => {
    const { fleet, events } = await openTarget(plain());
    for (const fault of [{ kind: 'partition' }, { kind: 'cold-start-storm' }, STEP_FAILS] as const)
      expect(await fleet.perform({ ...fault, at: 0 })).toBe(undefined);
    expect(await asks(fleet.url, 1)).toEqual([WELL]);
    expect(events.filter(({ kind }) => kind === 'fault')).toEqual([]);
  });
});
