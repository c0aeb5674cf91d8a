import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Manifest as BuildManifest, packed as packedManifest } from '../../build/manifest.ts';
import { follow, ROOT, temporary, until } from '../support/server.ts';
import { install, installed, node, npm, type Packed, pack, put, readJsonFile, userEnv } from './pack.ts';
import { PROGRAM, TYPES } from './programs.ts';

interface Manifest extends BuildManifest {
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifest = readJsonFile<Manifest>(ROOT, 'package.json');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const subpaths = Object.keys(manifest.exports).map((path) => path.replace(/^\./, 'skein'));
let packed: Packed;
/** A user's folder with skein and zod, and nothing that only other users need. */
let user: string;
let bin: string;

beforeAll(async () => {
  packed = await pack();
  user = await installed(packed.tarball, `zod@${manifest.devDependencies.zod}`);
  bin = join(user, 'node_modules/.bin/skein');
});

describe('the tarball', () => {
  const inside = (file: string): string => readFileSync(join(user, 'node_modules/skein', file), 'utf8');

  test('holds what is built and what belongs to it, and no more', () => {
    const templates = readdirSync(join(ROOT, 'cli/templates/app')).map((name) => `dist/cli/templates/app/${name}`);
    const built = packed.files.filter((file) => /^dist\/(core|handlers|cli)\/.+\.(js|d\.ts)$/.test(file));
    const rest = packed.files.filter((file) => !built.includes(file)).sort();
    expect(rest).toEqual(['LICENSE', 'README.md', 'package.json', ...templates].sort());
    const bare = (extension: string) =>
      built.filter((file) => file.endsWith(extension)).map((file) => file.slice(0, -extension.length));
    expect(bare('.d.ts')).toEqual(bare('.js'));
    for (const file of bare('.js')) expect([file, existsSync(join(ROOT, `${file.slice(5)}.ts`))]).toEqual([file, true]);
  });

  test('names no file that is not in it, and no folder of a machine', () => {
    for (const file of packed.files.filter((one) => !one.includes('/templates/'))) {
      const text = inside(file);
      for (const [, path = ''] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)['"]/g)) {
        const target = join(file, '..', path).replace(/\.js$/, file.endsWith('.d.ts') ? '.d.ts' : '.js');
        expect([file, path, packed.files.includes(target)]).toEqual([file, path, true]);
      }
      for (const word of [ROOT, packed.from, `${homedir()}/`, 'sourceMappingURL'])
        expect([file, word, text.includes(word)]).toEqual([file, word, false]);
    }
  });

  test('its manifest asks for what every user needs', () => {
    const own = JSON.parse(inside('package.json')) as object;
    expect(own).toMatchObject({
      dependencies: manifest.dependencies,
      peerDependenciesMeta: { esbuild: { optional: true } },
    });
    for (const field of ['private', 'scripts', 'devDependencies', 'skein']) expect(own).not.toHaveProperty(field);
    const modules = readdirSync(join(user, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(modules.sort()).toEqual(['@hono', '@standard-schema', 'hono', 'skein', 'zod']);
  });

  test('packing leaves the checkout as it was', () => {
    expect(readFileSync(join(packed.from, 'package.json'), 'utf8')).toBe(
      readFileSync(join(ROOT, 'package.json'), 'utf8'),
    );
    for (const name of ['dist', 'package.source.json'])
      expect([name, existsSync(join(packed.from, name))]).toEqual([name, false]);
  });

  test('a pack that was cut off is put right by the next, which overwrites no change', async () => {
    const source = `${JSON.stringify(manifest, undefined, 4)}\n`;
    const left = `${JSON.stringify(packedManifest(manifest), undefined, 2)}\n`;
    const folder = put(temporary(), 'cut-off', { 'package.json': left, 'package.source.json': source });
    const restore = () => node(folder, [join(ROOT, 'build/postpack.ts')]);
    expect((await restore()).code).toBe(0);
    expect(readFileSync(join(folder, 'package.json'), 'utf8')).toBe(source);

    put(folder, '.', { 'package.json': left.replace('MIT', 'ISC'), 'package.source.json': source });
    expect((await restore()).stderr).toContain('package.json was changed while it was packed');
    expect(readFileSync(join(folder, 'package.json'), 'utf8')).toContain('ISC');
  });
});

describe('installed', () => {
  // Those of one room, or of one habit; without esbuild one test is done, and no subpath needs it.
  beforeAll(async () => {
    const optional = Object.keys(manifest.peerDependencies).filter((name) => name !== 'esbuild');
    if (optional.length > 0)
      await install(user, ...optional.map((name) => `${name}@${manifest.devDependencies[name]}`));
  });

  test('every subpath exports what its source does', async () => {
    const source = `const names = {};
      for (const path of ${JSON.stringify(subpaths)}) names[path] = Object.keys(await import(path));
      console.log(JSON.stringify(names));`;
    const { stdout, stderr } = await node(user, ['--input-type=module', '-e', source]);
    expect(stderr).toBe('');
    const names = JSON.parse(stdout) as Record<string, string[]>;
    for (const [path, file] of Object.entries(manifest.exports))
      expect(names[path.replace(/^\./, 'skein')]).toEqual(Object.keys(await import(join(ROOT, file))).sort());
  });

  test("the README's program runs with the command skein", async () => {
    const [, program = ''] = /^```ts\n(.*?)^```$/ms.exec(readme) ?? [];
    const folder = put(user, 'readme', { 'hello.ts': program });
    const input = '{"names":["Ada","Grace"]}';
    const { code, stdout } = await node(folder, [bin, 'run', 'greet-all', '--module', 'hello.ts', '--input', input]);
    expect([code, stdout && JSON.parse(stdout)]).toEqual([0, ['Hello, Ada!', 'Hello, Grace!']]);
  });

  test('a room in a program runs steps in threads', async () => {
    const folder = put(user, 'program', { 'program.ts': PROGRAM });
    const { code, stdout, stderr } = await node(folder, ['program.ts']);
    expect([code, stdout, stderr]).toEqual([0, '{"output":[1,4]} in a thread\n', '']);
  });

  test('its declarations pass the strictest check, libraries included', async () => {
    const compilerOptions = {
      target: 'es2024',
      lib: ['es2024'],
      module: 'nodenext',
      strict: true,
      skipLibCheck: false,
      noEmit: true,
      typeRoots: [join(ROOT, 'node_modules/@types')],
      types: ['node'],
    };
    const everything = subpaths.map((path, at) => `export * as e${at} from '${path}';\n`).join('');
    const folder = put(user, 'types', {
      'program.ts': PROGRAM,
      'types.ts': TYPES,
      'everything.ts': everything,
      'tsconfig.json': JSON.stringify({ compilerOptions: { ...compilerOptions, allowImportingTsExtensions: true } }),
    });
    const { code, stdout } = await node(folder, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.']);
    expect([stdout, code]).toEqual(['', 0]);
  });

  test('JSX without esbuild is one line that says what to install', async () => {
    const folder = put(user, 'jsx', { 'app.tsx': 'export default <p>hello</p>;\n' });
    const { code, stderr } = await node(folder, [bin, 'check', '--module', 'app.tsx']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^skein: \S+app\.tsx needs esbuild to be loaded: npm install esbuild hono\n$/),
    ]);
  });

  test('an older Node is told which one it takes', async () => {
    const older = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"20.1.0"})';
    const { code, stderr } = await node(user, ['--import', older, bin, '--help']);
    expect([code, stderr]).toEqual([2, 'skein: needs Node 22.18 or newer, and this is 20.1.0\n']);
    expect(manifest.engines.node).toBe('>=22.18');
  });
});

test('skein init makes an app that passes its test and its check, and serves', async () => {
  const folder = join(temporary(), 'hello');
  const made = await node(user, [bin, 'init', folder, '--json']);
  expect([made.code, made.stderr]).toEqual([0, '']);
  await install(folder);

  const tested = await npm(folder, ['test']);
  expect([tested.code, tested.stdout]).toEqual([0, expect.stringMatching(/pass 2\n/)]);
  const checked = await npm(folder, ['run', 'check']);
  expect([checked.code, checked.stdout]).toEqual([0, expect.not.stringContaining('error')]);

  const server = spawn('npm', ['start'], { cwd: folder, env: userEnv({ PORT: '0' }), detached: true });
  const ended = follow(server);
  onTestFinished(() => {
    if (server.exitCode === null && server.signalCode === null) process.kill(-server.pid!, 'SIGKILL');
  });
  let stdout = '';
  server.stdout.on('data', (chunk) => (stdout += chunk));
  const url = await Promise.race([
    until(async () => /http:\/\/\S+/.exec(stdout)?.[0]),
    ended.then(({ stderr }) => Promise.reject(new Error(stderr))),
  ]);
  expect(await (await fetch(`${url}/hello/Ada`)).json()).toEqual({ greeting: 'Hello, Ada!' });
  process.kill(-server.pid!, 'SIGTERM');
  expect((await ended).stderr).toContain('stopping: ');
  await expect(fetch(url)).rejects.toThrow();
});
