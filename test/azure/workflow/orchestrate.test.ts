import { afterEach, describe, expect, test } from 'vitest';
import { attempt, type Json, map, step, type Workflow, workflow } from '../../../core/index.ts';
import { outcomeOf, performActivity } from '../../../handlers/azure/workflow/index.ts';
import { type Recorded, record } from './recorded.ts';

const echo = step('echo', { run: (input) => input as Json });

let open: Recorded | undefined;
afterEach(async () => {
  await open?.durable.close();
  open = undefined;
});

test('a step at work is told by its signal when its run is stopped, whoever stopped it', async () => {
  const begun = Promise.withResolvers<void>();
  const working = step('working', {
    run: (_, { signal }) =>
      new Promise<string>((resolve) => {
        signal.addEventListener('abort', () => resolve(`let go: ${(signal.reason as Error).name}`));
        begun.resolve();
      }),
  });
  let stopped = false;
  const work = {
    ...{ kind: 'step', run: 'r', workflow: 'w', instance: 'r', key: 'r/working', attempt: 1 },
    ...{ step: 'working', input: null, large: false, opaque: false },
  };
  const surroundings = {
    client: () => ({}),
    claims: { put: async () => {}, get: async () => undefined },
    log: () => {},
  };
  const watch = { stopped: async () => stopped, every: 0.01 };
  const never = new AbortController().signal;
  const answer = performActivity(() => working.definition, JSON.stringify(work), surroundings, never, watch);
  await begun.promise;
  stopped = true;
  expect(JSON.parse(await answer)).toStrictEqual({ ok: 'let go: Stopped' });
  const later = await performActivity(() => working.definition, JSON.stringify(work), surroundings, never, watch);
  expect(JSON.parse(later)).toStrictEqual({ stopped: true });
});

describe('the orchestrator', () => {
  test('values that the library or the host would take for dates pass as they are', async () => {
    const whole = workflow('dates', { run: (input) => [input, map([input], (one) => echo(one)), echo(input)] });
    const at = '2020-01-02T03:04:05.6789012+01:00';
    const input = { Timestamp: at, inner: [{ Timestamp: '2020-01-02T00:00:00Z' }], at };
    open = await record(() => whole);
    await open.start(input);
    expect(await open.outcome()).toStrictEqual({ output: [input, [input], input] });
  });

  test('a run goes on with its own definition when another is deployed between two of its episodes', async () => {
    const define = (text: string): Workflow =>
      workflow('deployed', {
        run: () => [echo(text), map([1, 2, 3], (n) => echo([text, n]), { concurrency: 1 }), echo(text)],
      });
    let calls = 0;
    const versions = [define('as it was'), define('as it is')];
    // A step of the new app runs, and the walk is the old one.
    open = await record(() => versions[calls++ === 0 ? 0 : 1] as Workflow);
    await open.start(null);
    const output = ['as it was', [1, 2, 3].map((n) => ['as it was', n]), 'as it was'];
    expect(await open.outcome()).toStrictEqual({ output });
  });

  test('a run waits for a step that the app does not have, and goes on when it is back', async () => {
    const whole = workflow('parked', { run: (input) => echo(input) });
    const without = workflow('parked', { run: () => null });
    let asked = 0;
    open = await record(() => (asked++ === 0 || asked > 5 ? whole : without));
    const since = open.clock.now();
    await open.start('kept');
    expect(await open.outcome()).toStrictEqual({ output: 'kept' });
    expect(open.clock.now() - since).toBeGreaterThanOrEqual((60 + 120 + 240 + 480) * 1000);
  });

  test('the error of a run is that of the workflow, however the host words it', async () => {
    const error = { name: 'Odd', message: 'x [skein:AAAA] \n\n$OutOfProcData$:{} é"\\', data: { '': [null, 'é'] } };
    const boom = step('boom', {
      run: () => {
        throw Object.assign(new Error(error.message), error);
      },
    });
    open = await record(() => workflow('failing', { run: () => map([1], () => boom(null)) }));
    await open.start(null);
    expect(await open.outcome()).toStrictEqual({ error });
    const { output } = (await open.durable.status('r')) ?? {};
    expect(String(output)).toContain('Odd: x ');
    for (const wrapped of [`"${String(output)}"`, { Message: output }, [output]])
      expect(outcomeOf({ runtimeStatus: 'Failed', output: wrapped })).toStrictEqual({ error });
    expect(outcomeOf({ runtimeStatus: 'Failed', output: 'of the host' })).toStrictEqual({
      error: { name: 'Error', message: 'of the host' },
    });
    expect(outcomeOf({ runtimeStatus: 'Running' })).toBeUndefined();
  });

  test('an activity that goes wrong in itself fails its attempt, and a policy may try it again', async () => {
    let broken = 0;
    const defects = workflow('defects', {
      run: () =>
        attempt(
          () => echo(1),
          (error) => [error.name, error.message],
        ),
    });
    open = await record(() => {
      if (broken++ > 0) throw new Error('no such thing');
      return defects;
    });
    await open.start(null);
    expect(await open.outcome()).toStrictEqual({
      output: ['Error', "Activity function 'skein-step' failed: no such thing"],
    });
  });
});
