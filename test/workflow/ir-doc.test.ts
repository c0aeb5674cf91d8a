import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { check, fromIR, type Json, toIR } from '../../core/index.ts';
import { CAPS } from '../../core/workflow/caps.ts';
import { KINDS } from '../../core/workflow/ir.ts';
import { walk } from '../../core/workflow/walk.ts';
import { GOOD } from './broken-irs.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/ir.md'), 'utf8');
const example = JSON.parse(/```json\n(.*?)```/s.exec(page)?.[1] ?? '') as Json;

test('the example is a workflow that every room can run', () => {
  const made = fromIR(example, { 'find guests': () => [], greet: () => null });
  expect(check(made.ir)).toEqual([]);
  expect(toIR(made).reads).toEqual([['party']]);
  const [guests] = made.ir.body.nodes;
  expect(guests).toHaveProperty('reads', [
    [-1, 'formal'],
    [-1, 'name'],
  ]);
});

test('and it does what it says', () => {
  const steps = walk(fromIR(example, { 'find guests': () => [], greet: () => null }).ir, { party: 'p' }, 'r');
  const first = steps.next();
  expect(first.value).toMatchObject({ kind: 'task', key: 'r/guests', input: { party: 'p' } });
  const second = steps.next([{ name: 'Ada', formal: true }, { name: 'Bob' }]);
  if (second.done || second.value.kind !== 'fan') return expect.fail('a fan-out is due');
  expect(second.value).toMatchObject({ size: 2, concurrency: 5 });
  expect(second.value.branch(0).next().value).toMatchObject({ input: { name: 'Ada', words: 'Good evening' } });
  expect(second.value.branch(1).next().value).toMatchObject({ input: { name: 'Bob', words: 'Hello' } });
  expect(steps.next(['a', 'b'])).toEqual({ done: true, value: { count: 2, greetings: ['a', 'b'] } });
});

test('every kind of node has its table, with the fields that there are', () => {
  const headings = [...page.matchAll(/^### (\w+): /gm)].map((match) => match[1]);
  expect(headings).toEqual(KINDS);
  const { body } = GOOD as unknown as { body: { nodes: readonly Record<string, Json>[] } };
  for (const node of body.nodes) {
    const section = page.split(`### ${node.kind}: `)[1]?.split(/^##/m)[0] ?? '';
    const fields = [...section.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]);
    const used = Object.keys(node).filter((key) => key !== 'kind' && key !== 'id');
    expect({ kind: node.kind, missing: used.filter((key) => !fields.includes(key)) }).toEqual({
      kind: node.kind,
      missing: [],
    });
  }
});

test('the bounds are those of the code', () => {
  for (const bound of [CAPS.nodes, CAPS.depth, CAPS.literalDepth, CAPS.repeats, CAPS.concurrency])
    expect(page).toContain(bound.toLocaleString('en-US'));
});
