import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fromIR } from '../../core/index.ts';
import { OFFICE, ROOT } from '../support/server.ts';
import { skein } from './skein.ts';

const WRONG = join(ROOT, 'test/support/apps/wrong.ts');

describe('graph', () => {
  test('prints a Mermaid flowchart', async () => {
    const { code, stdout, stderr } = await skein(['graph', 'approve', '--module', OFFICE]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^flowchart TD\n/);
    expect(stdout).toContain('wait for approved');
  });

  test('--json prints the IR, which can be read back', async () => {
    const { code, stdout } = await skein(['graph', 'greet', '--module', OFFICE, '--json']);
    expect(code).toBe(0);
    expect(fromIR(JSON.parse(stdout), { greet: (input) => input }).name).toBe('greet');
  });
});

describe('check', () => {
  test('says that there are no problems, and ends with 0', async () => {
    expect(await skein(['check', '--module', OFFICE])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '5 workflows, no problems\n',
    });
    expect((await skein(['check', 'greet', '--module', OFFICE, '--json'])).stdout).toBe('[]\n');
  });

  test('prints each problem with its number, place and remedy, and ends with 1', async () => {
    const { code, stdout } = await skein(['check', '--module', WRONG]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^SK301 in workflow 'wrong' > waitFor\n {2}.+\n {2}remedy: .+\n$/);

    const json = await skein(['check', '--module', WRONG, '--json']);
    expect(json.code).toBe(1);
    const problems = JSON.parse(json.stdout) as object[];
    expect(problems.map((one) => Object.keys(one))).toEqual([['code', 'where', 'message', 'remedy']]);
  });

  test('a wrong module is one line for the other verbs', async () => {
    const { code, stdout, stderr } = await skein(['graph', 'wrong', '--module', WRONG]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^skein: SK301 in workflow 'wrong' > waitFor: [^\n]+\n$/);
  });
});
