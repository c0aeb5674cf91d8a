import { expect, describe as group, test } from 'vitest';
import apps from '../../../apps/index.ts';
import { type App, app, bucket, http, onObject, queue, table } from '../../../core/index.ts';
import { type Described, describe, type Grant } from '../../../deploy/azure/describe.ts';
import { ROLES, rolesFor } from '../../../handlers/azure/resources/actions.ts';
import depot from '../../aws/serverless/depot.ts';

const everything = describe([...apps, depot]);
const titles = (grants: readonly Pick<Grant, 'title'>[]): string[] => grants.map(({ title }) => title);
const on = (described: Described, kind: 'containers' | 'queues' | 'tables', name: string): string[] =>
  titles(described.grants[kind].filter((one) => one.name === name));

test('of an app with one of everything is the golden', async () => {
  await expect(`${JSON.stringify(describe([depot]), null, 2)}\n`).toMatchFileSnapshot('goldens/depot.apps.json');
});

group('names', () => {
  // https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftstorage
  const hyphened = /^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/;
  test('are such as Azure takes', () => {
    for (const name of [...everything.containers, ...everything.queues]) expect(name).toMatch(hyphened);
    for (const name of everything.tables) expect(name).toMatch(/^[A-Za-z][A-Za-z0-9]{2,62}$/);
  });

  test('of subscriptions have at most 64 characters, however long the names of functions are', () => {
    const parcels = bucket('parcels');
    const run = () => undefined;
    const triggers = ['a', 'b'].map((last) =>
      onObject(parcels, { name: `${'o'.repeat(55)}${last}`, prefix: last, run }),
    );
    const { objects } = describe([app('p'.repeat(63), { triggers })]);
    const names = objects.map(({ subscription }) => subscription);
    for (const name of names) expect(name).toMatch(/^[a-z0-9-]{3,64}$/);
    expect(new Set(names).size).toBe(2);
    expect(everything.objects.map((one) => one.subscription)).toEqual(everything.objects.map((one) => one.function));
  });

  test('are each once, and every queue has one for what it gives up', () => {
    for (const list of [everything.containers, everything.queues, everything.tables])
      expect(new Set(list).size).toBe(list.length);
    const plain = everything.queues.filter((name) => !name.endsWith('-poison'));
    expect(everything.queues).toEqual(plain.flatMap((name) => [name, `${name}-poison`]).sort());
  });
});

group('rights', () => {
  test('are on what there is', () => {
    for (const kind of ['containers', 'queues', 'tables'] as const)
      for (const { at, name } of everything.grants[kind]) expect([name, everything[kind][at]]).toEqual([name, name]);
  });

  test('on the account are those to sign URLs, and no others', () => {
    expect(titles(everything.grants.account)).toEqual([ROLES.blobDelegator.name]);
  });

  const docs = bucket('docs');
  const jobs = queue('jobs');
  const notes = table('notes');
  const using = (uses: Parameters<typeof http>[1]['uses']): Described =>
    describe([app('a', { http: [http('a', { uses: uses ?? {}, routes: (api) => api })] })]);

  test.each([
    ['docs', docs.read, 'containers', [ROLES.blobReader.name]],
    ['docs', docs.all, 'containers', [ROLES.blobContributor.name]],
    ['jobs', jobs.write, 'queues', [ROLES.queueSender.name]],
    ['notes', notes.read, 'tables', [ROLES.tableReader.name]],
    ['notes', notes.write, 'tables', [ROLES.tableContributor.name]],
  ] as const)('on %s follow from the use', (name, use, kind, expected) => {
    expect(on(using({ one: use }), kind, name)).toEqual(expected);
  });

  test('are those of the union of uses, and none twice', () => {
    const both = using({ one: docs.read, two: docs.write });
    expect(on(both, 'containers', 'docs')).toEqual([ROLES.blobContributor.name]);
    const keys = everything.grants.queues.map(({ name, role }) => `${name} ${role}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('are no more than uses, triggers and the room itself come to', () => {
    const known = new Set([
      ...(['bucket', 'queue', 'table'] as const).flatMap((kind) => rolesFor(kind, 'all').map(({ role }) => role.name)),
      ...rolesFor('queue', 'write').map(({ role }) => role.name),
      'Storage Blob Data Owner',
    ]);
    for (const grants of Object.values(everything.grants))
      for (const title of titles(grants)) expect(known).toContain(title);
    // The host's blob trigger wants it, and nobody else.
    const owned = everything.grants.containers.filter(({ title }) => title === 'Storage Blob Data Owner');
    expect(owned.map(({ name }) => name).sort()).toEqual(everything.objects.map(({ container }) => container).sort());
    expect(using({}).grants).toEqual({ containers: [], queues: [], tables: [], account: [] });
  });
});

group('what Azure cannot have is an error that says so', () => {
  const uses = (...tables: string[]): App =>
    app('a', {
      http: [
        http('a', {
          uses: Object.fromEntries(tables.map((name, i) => [`t${i}`, table(name).read])),
          routes: (api) => api,
        }),
      ],
    });

  test('two apps whose objects would wait in one queue', () => {
    const watching = (name: string): App =>
      app(name, { triggers: [onObject(bucket('drop'), { run: () => undefined })] });
    expect(() => describe([watching('a'), watching('b')])).toThrow(
      "the apps 'a' and 'b' both have a trigger 'on-drop'; rename one",
    );
  });

  test('two tables that differ in hyphens', () => {
    expect(() => describe([uses('a-bc', 'ab-c')])).toThrow(
      "the tables 'a-bc' and 'ab-c' would both be called 'abc' in Azure; rename one",
    );
  });
});
