import { fromIR, type Json, toIR } from 'skein';
import { open } from 'skein/local/dev';
import { integrate } from 'skein/numeric';
import { describe, expect, test } from 'vitest';
import office from '../support/apps/office.ts';
import { temporary } from '../support/server.ts';

describe('by program', () => {
  test('P1: integrate', () => {
    const found = integrate(Math.exp, 0, 1, { relTol: 1e-10, absTol: 1e-12, breakpoints: [0.5], parts: 3 });
    expect(Object.keys(found).sort()).toEqual(['converged', 'error', 'evaluations', 'value']);
    expect(found.converged).toBe(true);
    expect(Math.abs(found.value - (Math.E - 1))).toBeLessThanOrEqual(1e-9);
    expect(integrate((x) => x, 0, 2).value).toBeCloseTo(2, 12);
  });

  const IR = {
    ir: 1,
    name: 'from-outside',
    body: {
      nodes: [{ kind: 'task', id: 'double', step: 'double', input: { ref: 'in' }, reads: [] }],
      out: { ref: 'double' },
    },
  };

  test('P2: fromIR makes a workflow of JSON and bare functions, toIR gives the IR back', async () => {
    const workflow = fromIR(structuredClone(IR), { double: async (input: Json) => Number(input) * 2 });
    const ir = toIR(workflow);
    expect(ir).toMatchObject({ ir: 1, name: 'from-outside' });
    expect(toIR(fromIR(JSON.parse(JSON.stringify(ir)), { double: (input) => input }))).toEqual(ir);

    const room = await open({ ...office, workflows: [workflow] });
    try {
      const { id } = await room.start('from-outside', 21);
      expect(await room.result(id)).toEqual({ output: 42 });
    } finally {
      await room.close();
    }
  });

  test.each([
    ['another version', { ...IR, ir: 2 }],
    ['no version', { name: IR.name, body: IR.body }],
    ['an unknown field', { ...IR, extra: true }],
    ['an unknown node', { ...IR, body: { nodes: [{ kind: 'jump', id: 'a' }], out: { lit: null } } }],
    ['a variable that is not there', { ...IR, body: { nodes: [], out: { ref: 'nobody' } } }],
    ['no object', null],
  ])('P4: %s in an IR is refused', (_what, ir) => {
    expect(() => fromIR(ir, { double: (input) => input })).toThrow(/SK2\d\d/);
  });

  test('P3: open a room in this process', async () => {
    const data = temporary();
    const room = await open(office, { data });
    try {
      const home = await room.fetch(new Request('http://localhost/'));
      expect(await home.text()).toContain('Office');

      expect(await room.start('greet', { name: 'Ada' }, { id: 'p3' })).toMatchObject({ id: 'p3' });
      expect(await room.result('p3')).toEqual({ output: { greeting: 'Hello, Ada' } });
      expect(await room.calls('p3')).toEqual([{ step: 'greet', key: 'p3/greet', input: { name: 'Ada' } }]);

      const waiting = await room.start('approve', {});
      await room.event(waiting.id, 'approved', { by: 'ada' });
      expect(await room.result(waiting.id)).toEqual({ output: 'ada' });

      const doomed = await room.start('approve', {});
      await room.cancel(doomed.id);
      expect(await room.result(doomed.id)).toMatchObject({ error: { name: 'Cancelled' } });

      const failed = await room.start('failing', {});
      expect(await room.result(failed.id)).toMatchObject({ error: { name: 'Refused', message: 'the answer is no' } });
    } finally {
      await room.close();
    }

    const again = await open(office, { data });
    expect(await again.result('p3')).toEqual({ output: { greeting: 'Hello, Ada' } });
    await again.close();
  });

  test('P3: the clock is an option: a virtual one does not wait', async () => {
    const workflow = fromIR(
      {
        ir: 1,
        name: 'nap',
        body: { nodes: [{ kind: 'sleep', id: 'nap', seconds: { lit: 86_400 } }], out: { lit: 1 } },
      },
      {},
    );
    const room = await open({ ...office, workflows: [workflow] }, { clock: 'virtual' });
    const { id } = await room.start('nap', {});
    expect(await room.result(id)).toEqual({ output: 1 });
    await room.close();
  });
});
