import { readdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { cruise, plant, ROOT } from './support/architecture/cruise.ts';

/** A small tree in which everything is as it should be. */
const SOUND = {
  'core/index.ts': "export { one } from './one.ts';\nexport type { Context } from 'hono';\n",
  'core/one.ts': "import type { Two } from './two.ts';\nexport const one: Two = 1;\n",
  'core/two.ts': "import type { one } from './one.ts';\nexport type Two = number | typeof one;\n",
  'core/numeric/index.ts': "import { one } from '../one.ts';\nexport const twice = one * 2;\n",
  'handlers/local/index.ts':
    "import { readFile } from 'node:fs/promises';\nimport { one } from '../../core/index.ts';\nexport { one, readFile };\n",
  'handlers/aws/index.ts': 'export interface Lambda {\n  a: 1;\n}\nexport const lambda = 1;\n',
  'handlers/local/dev.ts': "export { one } from './index.ts';\n",
  'apps/index.ts': "export { photos } from './photos/index.ts';\n",
  'apps/photos/index.ts':
    "import { one } from 'skein';\nimport { twice } from 'skein/numeric';\nimport { z } from 'zod';\nexport const photos = [one, twice, z];\n",
  'cli/skein.ts':
    "import { one } from '../core/index.ts';\nimport '../handlers/local/dev.ts';\nimport '../apps/index.ts';\nexport { one };\n",
  'test/help.ts': 'export const help = 1;\n',
};

/** A circle is reported once, at one of its files. */
const PLANTED: readonly (readonly [file: string, text: string, alarms: readonly string[]])[] = [
  ['core/node.ts', "import { readFile } from 'node:fs';\nexport { readFile };\n", ['core-imports-only-core']],
  ['core/room.ts', "import { one } from '../handlers/local/index.ts';\nexport { one };\n", ['core-imports-only-core']],
  [
    'core/room-type.ts',
    "import type { Lambda } from '../handlers/aws/index.ts';\nexport type A = Lambda;\n",
    ['core-imports-only-core'],
  ],
  ['core/vendor.ts', "import { z } from 'zod';\nexport { z };\n", ['core-imports-only-core', 'ships-what-it-uses']],
  [
    'core/app.ts',
    "import { photos } from '../apps/photos/index.ts';\nexport { photos };\n",
    ['core-imports-only-core'],
  ],
  ['handlers/aws/local.ts', "import { one } from '../local/index.ts';\nexport { one };\n", ['rooms-are-strangers']],
  [
    'handlers/local/aws.ts',
    "import type { Lambda } from '../aws/index.ts';\nexport type A = Lambda;\n",
    ['rooms-are-strangers'],
  ],
  [
    'handlers/local/app.ts',
    "import { photos } from '../../apps/index.ts';\nexport { photos };\n",
    ['rooms-know-no-apps'],
  ],
  [
    'handlers/local/help.ts',
    "import { help } from '../../test/help.ts';\nexport { help };\n",
    ['nobody-imports-tests', 'rooms-know-no-apps'],
  ],
  [
    'handlers/local/traces.ts',
    "import { trace } from '@opentelemetry/api';\nexport { trace };\n",
    ['only-otel-knows-opentelemetry'],
  ],
  [
    'handlers/otel/node.ts',
    "import { trace } from '@opentelemetry/api';\nimport { hash } from 'node:crypto';\nexport { hash, trace };\n",
    ['otel-is-thin'],
  ],
  ['handlers/local/dev-only.ts', "import { test } from 'vitest';\nexport { test };\n", ['ships-what-it-uses']],
  ['apps/photos/core.ts', "import { one } from '../../core/index.ts';\nexport { one };\n", ['apps-import-by-name']],
  [
    'apps/photos/inner.ts',
    "import { one } from '../../core/one.ts';\nexport { one };\n",
    ['apps-are-users', 'apps-import-by-name'],
  ],
  ['apps/photos/room.ts', "import { one } from 'skein/local';\nexport { one };\n", ['apps-are-users']],
  ['apps/photos/node.ts', "import { readFile } from 'node:fs';\nexport { readFile };\n", ['apps-are-users']],
  ['core/circle.ts', "import { b } from './circle-b.ts';\nexport const a = () => b;\n", []],
  ['core/circle-b.ts', "import { a } from './circle.ts';\nexport const b = () => a;\n", ['no-cycles']],
  [
    'core/nowhere.ts',
    "import { a } from './not-there.ts';\nexport { a };\n",
    ['core-imports-only-core', 'no-unresolved'],
  ],
];

const planted = async (files: Readonly<Record<string, string>>): Promise<readonly string[]> => {
  const root = await plant(files);
  try {
    return (await cruise(root)).violations;
  } finally {
    await rm(root, { recursive: true });
  }
};

test('a sound tree raises no alarm', async () => {
  expect(await planted(SOUND)).toEqual([]);
});

test('every boundary that is crossed raises its alarm, and only its own', async () => {
  const violations = await planted({ ...SOUND, ...Object.fromEntries(PLANTED.map(([file, text]) => [file, text])) });
  for (const [file, , alarms] of PLANTED) {
    const raised = violations.filter((one) => one.includes(`: ${file} →`)).map((one) => one.split(':')[0]);
    expect([file, ...new Set(raised)].sort()).toEqual([file, ...alarms].sort());
  }
  const files = new Set(PLANTED.map(([file]) => file));
  expect(violations.filter((one) => !files.has(one.split(': ')[1]?.split(' → ')[0] ?? ''))).toEqual([]);
});

test('this tree crosses none, and it was looked at', async () => {
  const { violations, modules } = await cruise(ROOT);
  expect(violations).toEqual([]);
  // Without a TypeScript that it knows, the tool finds no modules and is content.
  expect(modules).toBeGreaterThan(20);
});

test('no file is longer than 300 lines', async () => {
  const long: string[] = [];
  for (const folder of ['core', 'handlers', 'apps', 'cli', 'build', 'deploy', 'test', 'bench'])
    for (const entry of await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true }).catch(() => [])) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || !/\.tsx?$/.test(entry.name) || path.includes('node_modules')) continue;
      const lines = (await readFile(path, 'utf8')).split('\n').length - 1;
      if (lines > 300) long.push(`${relative(ROOT, path)}: ${lines}`);
    }
  expect(long).toEqual([]);
});
