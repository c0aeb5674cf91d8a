import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { experimentNames } from '../../loadtests/lab/experiment.ts';
import { TARGETS } from '../../loadtests/lab/targets.ts';
import { skein } from '../cli/skein.ts';
import { ROOT, temporary } from '../support/server.ts';
import { hasPackages, withPackages } from './measuring.ts';

describe('wrong usage of skein lab ends with 2 and says what to do', () => {
  test.each([
    [['lab'], /lab: <what> is missing/],
    [['lab', 'compair'], /one of run, compare, report is wanted, not 'compair'/],
    [['lab', 'run'], /lab run: a name is missing/],
    [['lab', 'compare', 'this'], /'this' is one argument too many/],
    [['lab', 'run', 'compare', '--full'], /--full: only compare has it/],
    [['lab', 'compare', '--full', '--minutes', '1'], /--full and --minutes: one of them/],
    [['lab', 'compare', '--minutes', 'soon'], /--minutes: a number from 0.05 to 60, not 'soon'/],
    [['lab', 'compare', '--minutes', '1e9'], /--minutes: a number from 0.05 to 60, not '1e9'/],
    [['lab', 'compare', '--out', ''], /--out: a folder is wanted, not ''/],
    [['lab', 'report', 'test', '--minutes', '1'], /lab report: --minutes is for run and compare/],
  ] as const)('%j', async (args, message) => {
    const { code, stdout, stderr } = await skein(args);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
  });

  test.skipIf(!hasPackages).each([
    [['lab', 'run', 'nothing'], /no experiment 'nothing' \(there are: capacity, /],
    [['lab', 'run', '../experiments/compare'], /no experiment '..\/experiments\/compare' \(there are: capacity, /],
    [['lab', 'run', 'mine.json'], /no file mine.json/],
    [['lab', 'compare', '--targets', 'moon'], /there is no target 'moon' \(there are: local, /],
    [['lab', 'compare', '--targets', 'x=ftp://a'], /'ftp:\/\/a' is no http or https URL/],
    [['lab', 'compare', '--targets', 'x=http://a/b'], /a deployment is http:\/\/a, without what is after it in 'http:/],
    [['lab', 'compare', '--targets', 'local,local'], /'local' is there twice/],
    [['lab', 'report', 'test'], /test holds no raw\/setting.json of the lab/],
  ] as const)('%j', async (args, message) => {
    const { code, stdout, stderr } = await skein([
      ...args,
      ...(args[1] === 'report' ? [] : ['--out', join(temporary(), 'o')]),
    ]);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
  });
});

test('its help names each experiment and each target', async () => {
  const { stdout } = await skein(['lab', '--help']);
  for (const name of [...experimentNames(), ...Object.keys(TARGETS)])
    expect(stdout).toMatch(new RegExp(`\\b${name}\\b`));
});

test('without its packages the lab says what to run', async () => {
  // A checkout of symbolic links, in which loadtests has no node_modules.
  const root = mkdtempSync(join(tmpdir(), 'skein-test-'));
  try {
    for (const name of ['cli', 'core', 'handlers', 'apps', 'node_modules', 'package.json', 'tsconfig.json'])
      symlinkSync(join(ROOT, name), join(root, name));
    const loadtests = join(root, 'loadtests');
    mkdirSync(loadtests);
    for (const name of ['lab', 'scenarios', 'experiments'])
      cpSync(join(ROOT, 'loadtests', name), join(loadtests, name), { recursive: true });
    const request = JSON.stringify({ what: 'compare', name: '', out: join(root, 'out'), command: '' });
    const { status, stderr } = spawnSync(process.execPath, [join(loadtests, 'lab/bin.ts'), request], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([
      2,
      "skein lab: the lab's own packages are missing; run: npm ci --prefix loadtests\n",
    ]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

describe.skipIf(!hasPackages)(withPackages('a run of the lab'), () => {
  test('C2: lab writes summary, figure, report and raw records, and report makes the same bytes of raw alone', async () => {
    // As people type it: from where they are.
    const out = relative(ROOT, join(temporary(), 'results'));
    const experiment = join(temporary(), 'mine.json');
    writeFileSync(
      experiment,
      JSON.stringify({
        title: 'Mine',
        scenario: 'integral',
        load: [{ perSecond: 4 }],
        targets: ['local'],
        instance: { slotMs: 50 },
      }),
    );
    const { code, stdout, stderr } = await skein(['lab', 'run', experiment, '--minutes', '0.1', '--out', out]);
    expect([code, stderr]).toEqual([
      expect.toBeOneOf([0, 1]),
      expect.stringMatching(/local: done, \d+ right, \d+ failed/),
    ]);
    // 1 is for a generator that a busy machine has slowed down, and nothing else.
    if (code === 1) expect(stderr).toContain('the generator was saturated');
    expect(stdout).toMatch(/^local +\d+ +\d+/m);
    const made = ['summary.json', 'figure.png', 'report.html'];
    expect(readdirSync(out).sort()).toEqual([...made, 'raw'].sort());
    const before = made.map((name) => readFileSync(join(out, name)));
    expect(before[1]?.subarray(1, 4).toString()).toBe('PNG');
    expect(statSync(join(out, 'figure.png')).size).toBeGreaterThan(20_000);
    expect(before[2]?.toString()).not.toMatch(/(src|href)="(?!https:\/\/)/);

    const requests = readFileSync(join(out, 'raw/local/requests.ndjson'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(requests.length).toBeGreaterThan(5);
    for (const one of requests.filter(({ status }) => status === 200))
      expect(one).toMatchObject({ status: 200, instance: 'vm-1', pid: expect.any(Number) });

    for (const name of made) rmSync(join(out, name));
    const again = await skein(['lab', 'report', out]);
    expect([again.code, again.stdout]).toEqual([code, stdout]);
    expect(made.map((name) => readFileSync(join(out, name)).equals(before[made.indexOf(name)]!))).toEqual([
      true,
      true,
      true,
    ]);
  }, 200_000);
});
