import { expect, test } from 'vitest';
import { nearest } from '../../cli/nearest.ts';
import { showProgress } from '../../cli/progress.ts';

function screen(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, write: (text: string) => written.push(text), written };
}

test('on a terminal progress is one line that is drawn again', () => {
  const terminal = screen(true);
  const progress = showProgress('slow', 'steps', terminal);
  for (const done of [0, 1, 1, 2]) progress.show(done, 2);
  progress.end();
  expect(terminal.written).toEqual([
    `\r\u001b[Kslow [${'-'.repeat(30)}] 0/2 steps`,
    `\r\u001b[Kslow [${'#'.repeat(15)}${'-'.repeat(15)}] 1/2 steps`,
    `\r\u001b[Kslow [${'#'.repeat(30)}] 2/2 steps`,
    '\n',
  ]);
});

test('elsewhere it is a line for each change', () => {
  const file = screen(false);
  const progress = showProgress('slow', 'steps', file);
  for (const done of [0, 1, 1, 2]) progress.show(done, 2);
  progress.end();
  expect(file.written).toEqual(['slow 0/2 steps\n', 'slow 1/2 steps\n', 'slow 2/2 steps\n']);
});

test('an estimate that is too low overflows no bar', () => {
  const terminal = screen(true);
  showProgress('slow', 'steps', terminal).show(3, 2);
  showProgress('slow', 'steps', terminal).show(0, 0);
  expect(terminal.written[0]).toContain(`[${'#'.repeat(30)}] 3/2`);
  expect(terminal.written[1]).toContain(`[${'-'.repeat(30)}] 0/0`);
});

test.each([
  ['rnu', 'run'],
  ['sohw', 'show'],
  ['grpah', 'graph'],
  ['watch', undefined],
  ['x', undefined],
])('the nearest of %s is %s', (word, wanted) => {
  expect(nearest(word, ['run', 'runs', 'show', 'graph', 'cancel'])).toBe(wanted);
});
