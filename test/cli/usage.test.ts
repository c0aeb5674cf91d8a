import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT, temporary } from '../support/server.ts';
import { skein } from './skein.ts';

const VERBS = [
  'dev',
  'run',
  'runs',
  'show',
  'graph',
  'check',
  'compile',
  'put',
  'secret',
  'event',
  'cancel',
  'lab',
  'host',
];

describe('help', () => {
  test('skein --help lists every verb, the settings and the exit codes', async () => {
    const { code, stdout, stderr } = await skein(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const verb of VERBS) expect(stdout).toMatch(new RegExp(`^  skein ${verb}\\b`, 'm'));
    for (const word of ['PORT', 'SKEIN_DATA', 'SKEIN_ADMIN_KEY', 'Exit codes']) expect(stdout).toContain(word);
    for (const args of [['help'], ['-h']]) expect(await skein(args)).toEqual({ code: 0, signal: null, stdout, stderr });
    expect(await skein([])).toEqual({ code: 2, signal: null, stdout, stderr });
  });

  test.each(VERBS)('skein %s --help has examples and exit codes', async (verb) => {
    const { code, stdout, stderr } = await skein([verb, '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^skein ${verb}: `));
    expect(stdout).toMatch(new RegExp(`Examples:\n.*\\bskein ${verb}`));
    expect(stdout).toContain('--help');
    expect(stdout).toContain('Exit codes:');
  });

  test('help of a verb wins over whatever else is wrong, and has a second form', async () => {
    const { stdout } = await skein(['show', '--help']);
    expect((await skein(['show', '--nonsense', '-h'])).stdout).toBe(stdout);
    expect((await skein(['help', 'show'])).stdout).toBe(stdout);
  });
});

describe('wrong usage ends with 2 and says what to do', () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an unknown verb', ['rnu'], /unknown verb 'rnu'; did you mean 'run'\?\nSee: skein --help/],
    ['a verb like nothing', ['frobnicate-it'], /unknown verb 'frobnicate-it'\nSee/],
    [
      'an unknown option',
      ['run', 'x', '--wacth'],
      /unknown option '--wacth'; did you mean '--watch'\?\nSee: skein run --help/,
    ],
    ['a missing argument', ['show'], /show: <run> is missing/],
    ['a missing second argument', ['put', 'corpus'], /put: <files...> is missing/],
    ['too many arguments', ['show', 'a', 'b'], /'b' is one argument too many/],
    ['an option without its value', ['run', 'x', '--input'], /--input/],
    ['input that is not JSON', ['run', 'x', '--input', '{"a":'], /--input: it is not JSON/],
    ['a file that is not there', ['run', 'x', '--input', '@no-such.json'], /--input: ENOENT.*no-such\.json/],
    ['event data that is not JSON', ['event', 'a', 'b', '--data', 'nope'], /--data: it is not JSON/],
    ['a port that is none', ['dev', '--port', '99999'], /--port: a port is a number from 0 to 65535/],
    ['a module that is not there', ['check', '--module', 'no/such.ts'], /no module no\/such\.ts; name the file/],
    ['a module without an app', ['check', '--module', 'cli/exit.ts'], /must have an app/],
    ['a workflow that is not there', ['graph', 'word-cuont'], /no workflow 'word-cuont'; did you mean 'word-count'\?/],
    ['a cloud that is none', ['compile', 'gpc', 'word-count'], /'gpc' is no cloud that workflows are compiled for/],
    ['an ARN without a name', ['compile', 'aws', 'word-count', '--arn', 'x'], /--arn: 'x' has no \{name\} in it/],
    ['a limit that is none', ['runs', '--limit', 'all'], /--limit: a whole number/],
    ['a file to put that is not there', ['put', 'desk', 'no-such.txt'], /put: ENOENT.*no-such\.txt/],
    ['a folder to put', ['put', 'desk', 'test'], /test is not a file/],
    ['two files with one name', ['put', 'desk', 'apps/index.ts', 'core/index.ts'], /would both be 'index\.ts'/],
    ['a data folder that is a file', ['runs', '--data', 'package.json'], /the data folder cannot be used: EEXIST/],
  ];
  test.each(cases)('%s', async (_what, args, message) => {
    const { code, stdout, stderr } = await skein(args, { env: { SKEIN_DATA: temporary() } });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
    expect([code, stdout]).toEqual([2, '']);
  });

  test('PORT that is no port', async () => {
    const { code, stderr } = await skein(['dev'], { env: { PORT: 'http' } });
    expect([code, stderr]).toEqual([2, expect.stringContaining('PORT: a port is a number from 0 to 65535')]);
  });

  test('SKEIN_FAULT that is malformed', async () => {
    const env = { SKEIN_TEST: '1', SKEIN_FAULT: 'journal:zero', SKEIN_DATA: temporary() };
    const { code, stderr } = await skein(['runs'], { env });
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^skein: SKEIN_FAULT="journal:zero" is malformed; .+\n$/),
    ]);
  });

  test('apps that want the same route', async () => {
    const cwd = temporary();
    const one = (name: string) =>
      `app('${name}', { http: [http('${name}', { routes: (api) => api.get('/same', () => new Response()) })] })`;
    writeFileSync(
      join(cwd, 'app.ts'),
      `import { app, http } from '${ROOT}/core/index.ts';\nexport default [${one('left')}, ${one('right')}];\n`,
    );
    for (const args of [['dev', '--port', '0'], ['runs']]) {
      const { code, stderr } = await skein(args, { cwd });
      expect([code, stderr]).toEqual([2, "skein: app 'right': the route GET /same belongs to left\n"]);
    }
  });

  const broken: readonly (readonly [string, string, RegExp])[] = [
    ['a syntax error', 'const = 1;\n', /app\.ts cannot be loaded: file:.*app\.ts:1\n/],
    ['TypeScript that Node does not take', 'enum A { B }\n', /app\.ts cannot be loaded: .*app\.ts:1[\s\S]*enum/],
    ['an import that is not there', "import './gone.ts';\n", /cannot be loaded: .*Cannot find module '.*gone\.ts'/],
    [
      'a name that is not exported',
      `import { ap } from '${ROOT}/core/index.ts';\nap;\n`,
      /cannot be loaded: [\s\S]*'ap'/,
    ],
    ['a module that throws what is no Error', 'throw undefined;\n', /app\.ts threw what is no Error: undefined/],
    [
      'a module whose await never ends',
      'await new Promise(() => undefined);\nexport default [];\n',
      /^skein: \.\/app\.ts cannot be loaded: a top-level await in it, or in what it imports, never ends\n$/,
    ],
    [
      'two workflows of one name in two apps',
      `import { app, step, workflow } from '${ROOT}/core/index.ts';
       const one = (name: string) => app(name, { workflows: [workflow('same', { run: (input) => step('a', { run: () => 1 })(input) })] });
       export default [one('left'), one('right')];\n`,
      /the apps 'left' and 'right' both have a workflow 'same'; rename one/,
    ],
    [
      'two apps of one name',
      `import { app } from '${ROOT}/core/index.ts';\nexport default [app('same', {}), app('same', {})];\n`,
      /two apps are called 'same'/,
    ],
  ];
  test.each(broken)('%s', async (_what, program, message) => {
    const cwd = temporary();
    writeFileSync(join(cwd, 'package.json'), '{"type":"module"}');
    writeFileSync(join(cwd, 'app.ts'), program);
    for (const args of [['check'], ['dev', '--port', '0']]) {
      const { code, stderr } = await skein(args, { cwd });
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/^ +at /m);
      expect(code).toBe(2);
    }
  });

  test('a workflow whose run throws what is no Error is told by its name', async () => {
    const cwd = temporary();
    writeFileSync(
      join(cwd, 'app.ts'),
      `import { workflow } from '${ROOT}/core/index.ts';\nworkflow('odd', { run() { throw undefined; } });\n`,
    );
    const { code, stderr } = await skein(['graph', 'odd'], { cwd });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^skein: SK122 in workflow 'odd': .+: undefined\. .+\n$/),
    ]);
  });

  test('a folder as the module', async () => {
    const { code, stderr } = await skein(['check', '--module', 'test']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('test is not a file; name the file')]);
  });

  test('no module at all', async () => {
    const { code, stderr } = await skein(['check'], { cwd: temporary() });
    expect([code, stderr]).toEqual([2, expect.stringContaining('no module ./app.ts')]);
  });
});

describe('which module', () => {
  const program = (name: string) =>
    `import { app } from '${ROOT}/core/index.ts';\nexport default app('${name}', {});\n`;
  const served = async (cwd: string, args: string[] = []) => (await skein(['check', ...args], { cwd })).stderr;

  test('--module, else skein.module of package.json, else ./app.ts', async () => {
    const cwd = temporary();
    writeFileSync(join(cwd, 'app.ts'), program('one'));
    expect(await served(cwd)).toBe('0 workflows, no problems\n');
    writeFileSync(join(cwd, 'package.json'), '{"type":"module","skein":{"module":"./missing.ts"}}');
    expect(await served(cwd)).toContain('no module ./missing.ts');
    expect(await served(cwd, ['--module', 'app.ts'])).toBe('0 workflows, no problems\n');
    writeFileSync(join(cwd, 'package.json'), '{');
    expect(await served(cwd)).toContain('package.json is not JSON');
  });

  test('a module that throws shows where, and ends with 70', async () => {
    const cwd = temporary();
    writeFileSync(join(cwd, 'app.ts'), "throw new Error('no luck');\n");
    const { code, stderr } = await skein(['check'], { cwd });
    expect(code).toBe(70);
    expect(stderr).toMatch(/no luck\n +at .*app\.ts:1/);
  });
});
