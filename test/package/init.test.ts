import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { skein } from '../cli/skein.ts';
import { ROOT, temporary } from '../support/server.ts';
import { readJsonFile } from './pack.ts';

type Manifest = Readonly<Record<'dependencies' | 'devDependencies', Readonly<Record<string, string>>>>;

describe('skein init', () => {
  test('says what it made and what comes next', async () => {
    const cwd = temporary();
    const { code, stdout, stderr } = await skein(['init', 'my apps/orders'], { cwd });
    expect([code, stdout]).toEqual([0, "cd 'my apps/orders'\nnpm install\nnpm test\nnpm start\n"]);
    const files = readdirSync(join(cwd, 'my apps/orders'));
    expect(files.sort()).toEqual(['.gitignore', 'README.md', 'app.test.ts', 'app.ts', 'package.json', 'tsconfig.json']);
    for (const file of files) {
      expect(stderr).toContain(file);
      expect(readFileSync(join(cwd, 'my apps/orders', file), 'utf8')).not.toContain('{{');
    }
  });

  test('--json says it in JSON, and the current folder will do', async () => {
    const cwd = join(temporary(), 'orders');
    mkdirSync(cwd);
    const { code, stdout, stderr } = await skein(['init', '.', '--json'], { cwd });
    expect([code, stderr, JSON.parse(stdout)]).toEqual([
      0,
      '',
      { name: 'orders', folder: cwd, files: expect.any(Array), next: ['npm install', 'npm test', 'npm start'] },
    ]);
  });

  test('a checkout gives itself as the skein to install, and --skein another', async () => {
    const cwd = temporary();
    await skein(['init', 'one'], { cwd });
    await skein(['init', 'two', '--skein', '^0.1.0'], { cwd });
    const skeins = ['one', 'two'].map((name) => readJsonFile<Manifest>(cwd, name, 'package.json').dependencies.skein);
    expect(skeins).toEqual([`file:${ROOT}`, '^0.1.0']);
  });

  test('the versions that it asks for are those that this project is tested with', async () => {
    const cwd = temporary();
    await skein(['init', 'one'], { cwd });
    const { dependencies, devDependencies } = readJsonFile<Manifest>(cwd, 'one', 'package.json');
    const tested = readJsonFile<Manifest>(ROOT, 'package.json').devDependencies;
    const major = (version = '') => /\d+/.exec(version)?.[0];
    for (const [name, range] of Object.entries({ ...dependencies, ...devDependencies }))
      if (name !== 'skein') expect([name, major(range)]).toEqual([name, major(tested[name])]);
  });

  test('refuses a folder that has something in it, and says what', async () => {
    const cwd = temporary();
    mkdirSync(join(cwd, 'full'));
    for (const name of 'abcdefg') writeFileSync(join(cwd, 'full', name), '');
    writeFileSync(join(cwd, 'file'), '');
    const full = await skein(['init', 'full'], { cwd });
    expect([full.code, full.stdout, full.stderr]).toEqual([
      2,
      '',
      'skein: init: folder: full is not empty: it has a, b, c, d, e and 2 more\n',
    ]);
    expect(readdirSync(join(cwd, 'full')).length).toBe(7);
    const file = await skein(['init', 'file'], { cwd });
    expect([file.code, file.stderr]).toEqual([2, expect.stringMatching(/^skein: init: folder: file cannot be used: /)]);
  });

  test('refuses a name that no app may have, naming where it came from', async () => {
    const cwd = temporary();
    const refused = async (...args: string[]) => {
      const { code, stderr } = await skein(['init', ...args], { cwd });
      return `${code} ${stderr.split('\n')[0]}`;
    };
    expect(await refused('My App')).toMatch(/^2 skein: init: folder: the name "My App" must match .*--name gives/);
    expect(await refused('app', '--name', 'a_b')).toMatch(/^2 skein: init: --name: the name "a_b" must match [^;]*$/);
    expect(await refused('zod')).toBe(
      "2 skein: init: folder: 'zod' is a package that the app needs; npm wants another name",
    );
    expect(await refused()).toContain('2 skein: init: <folder> is missing');
    expect(existsSync(join(cwd, 'app'))).toBe(false);
    expect(await skein(['init', 'My App', '--name', 'my-app'], { cwd })).toMatchObject({ code: 0 });
  });
});
