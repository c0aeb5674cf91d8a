import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { describe as describeApps } from '../../../deploy/azure/describe.ts';
import { FRONT_DOOR_ID } from '../../../handlers/azure/functions/environment.ts';
import depot from '../../aws/serverless/depot.ts';
import { BICEP_WANTED, bicepParser, hasBicep } from './bicep.ts';

const INFRA = new URL('../../../azure-functions/infra/', import.meta.url);
const files = globSync('*.bicep', { cwd: INFRA });
const textOf = (file: string): string => readFileSync(new URL(file, INFRA), 'utf8');
/** What people deploy; the others are modules of the first. */
const ENTRIES = ['main.bicep', 'events.bicep'];
const everything = files.map(textOf).join('\n');

const title = 'the syntax of Bicep, and names';

describe.skipIf(!hasBicep)(hasBicep ? title : `SKIPPED ${title}: ${BICEP_WANTED}`, () => {
  let parse: Awaited<ReturnType<typeof bicepParser>>;
  beforeAll(async () => {
    parse = await bicepParser();
  });

  test.each(files)('%s', (file) => {
    expect(parse(textOf(file))).toEqual([]);
  });

  test('is not that of anything', () => {
    expect(parse("resource a 'b@2024-01-01' = {\n  name 'c'\n}")).not.toEqual([]);
  });

  test.each([
    ['param a array\noutput c array = concat(a, b)', 'line 2: b is not declared'],
    ['param a array\noutput c array = map(a, one => two.name)', 'line 2: two is not declared'],
    ["var a = [for one in ['x']: { name: one }]\noutput c array = [for x in a: one]", 'line 2: one is not declared'],
    ["output c string = uniqString('a')", 'line 1: there is no function uniqString'],
    ['param a string', 'line 1: a is not used'],
  ])('it would be seen: %j', (text, complaint) => {
    expect(parse(text)).toEqual([complaint]);
  });
});

describe('what the templates name is there', () => {
  test('what apps.json has', () => {
    const described = describeApps([depot]);
    const read = [...everything.replaceAll('apps.json', '').matchAll(/\bapps\.(\w+(?:\.\w+)?)/g)].map(
      ([, path]) => path,
    );
    const keys = Object.entries(described).flatMap(([key, value]) =>
      Array.isArray(value) ? [key] : Object.keys(value).map((inner) => `${key}.${inner}`),
    );
    expect([...new Set(read)].sort()).toEqual(keys.sort());
    const fieldsOf = (name: string, text = everything): unknown[] =>
      [...text.matchAll(new RegExp(`\\b${name}\\.(\\w+)`, 'g'))].map(([, field]) => field);
    const { grants, objects, secrets } = described;
    expect(Object.keys(objects[0] ?? {})).toEqual(expect.arrayContaining(fieldsOf('one', textOf('events.bicep'))));
    expect(Object.keys(grants.queues[0] ?? {})).toEqual(expect.arrayContaining(fieldsOf('grant')));
    expect(Object.keys(secrets[0] ?? {})).toEqual(expect.arrayContaining(fieldsOf('secret')));
  });

  test('modules', () => {
    const modules = [...everything.matchAll(/^module \w+ '([^']+)'/gm)].map(([, file]) => file);
    expect(modules.length).toBeGreaterThan(3);
    expect(files).toEqual(expect.arrayContaining(modules as string[]));
    expect([...new Set([...modules, ...ENTRIES])].sort()).toEqual([...files].sort());
  });

  test.each(
    files.filter((file) => !ENTRIES.includes(file)),
  )('%s is given all of its parameters, and no others', (file) => {
    const declared = [...textOf(file).matchAll(/^param (\w+)/gm)].map(([, name]) => name);
    const call = new RegExp(`^module \\w+ '${file}' =[^{]*{(.*?)^}`, 'ms').exec(textOf('main.bicep'))?.[1] ?? '';
    const params = /^ {2}params: {\n(.*?)^ {2}}/ms.exec(call)?.[1] ?? '';
    expect([...params.matchAll(/^ {4}(\w+):/gm)].map(([, name]) => name).sort()).toEqual(declared.sort());
    const outputs = [...textOf(file).matchAll(/^output (\w+)/gm)].map(([, name]) => name);
    const symbol = new RegExp(`^module (\\w+) '${file}'`, 'm').exec(textOf('main.bicep'))?.[1];
    const read = [...textOf('main.bicep').matchAll(new RegExp(`\\b${symbol}!?\\.outputs\\.(\\w+)`, 'g'))];
    expect([...new Set(read.map(([, name]) => name))].sort()).toEqual(outputs.sort());
  });
});

test('pages of the deployment may send objects by signed URLs, and no others', () => {
  const rules = /corsRules: \[\n(.*?)^ {6}\]/ms.exec(textOf('storage.bicep'))?.[1] ?? '';
  expect(rules.replaceAll(/\s+/g, ' ').trim()).toBe(
    "{ allowedOrigins: origins allowedMethods: ['GET', 'HEAD', 'PUT'] allowedHeaders: ['content-type', 'x-ms-blob-type'] " +
      "exposedHeaders: ['etag'] maxAgeInSeconds: 3600 }",
  );
  const [, origins] = /^ {4}origins: (.*)$/m.exec(textOf('main.bicep')) ?? [];
  expect(origins).toMatch(/^union\(\[front \? 'https:.+endpoint!\.properties\.hostName}' : 'https:.+'\], origins\)$/);
  expect(textOf('functions.bicep')).toContain(`name: '${FRONT_DOOR_ID}', value: frontDoorId`);
});

test.each(files)('%s: no resource is open, and no key is in it', (file) => {
  const text = textOf(file);
  expect(text).not.toMatch(
    /AccountKey|\.listKeys\(|allowSharedKeyAccess: true|allowBlobPublicAccess: true|httpsOnly: false/,
  );
  for (const [, type, version] of text.matchAll(/'(Microsoft\.[\w./]+)@(\S+?)'/g))
    expect([basename(type ?? ''), version]).toEqual([basename(type ?? ''), expect.stringMatching(/^\d{4}-\d\d-\d\d/)]);
});
