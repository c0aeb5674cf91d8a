import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT, temporary, until } from '../support/server.ts';
import { plain } from './measuring.ts';
import { ask, openTarget } from './open-target.ts';

describe('slots', () => {
  test('an answer whose slot is over is out before the next request’s work takes the thread', async () => {
    const target = { ...plain(), command: () => [join(ROOT, 'test/lab/programs/busy-server.ts')] };
    const { fleet, work } = await openTarget(target, { slotMs: 100 });
    const folder = temporary();
    const served = Array.from({ length: 12 }, async () => {
      const { got } = await ask(fleet.url, `/${encodeURIComponent(folder)}`);
      const [, number = ''] = got.split(' ');
      writeFileSync(join(folder, number), '');
      return got;
    });
    expect(new Set(await Promise.all(served))).toEqual(
      new Set(Array.from({ length: 12 }, (_, k) => `200 ${k + 1} after ${k}`)),
    );
    await until(async () => (work.length === 24 ? true : undefined));
    expect(work.map(({ kind }) => kind)).toEqual(Array.from({ length: 24 }, (_, k) => (k % 2 === 0 ? 'begin' : 'end')));
  });

  test('requests of nobody’s users take none', async () => {
    const { fleet, work } = await openTarget(plain(), { slotMs: 60_000 });
    expect(await (await fetch(fleet.url)).text()).toBe('here');
    expect(work).toEqual([]);
  });
});
