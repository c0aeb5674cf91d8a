import { HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { expect, test } from 'vitest';
import { app, bucket, clientAddress, http, step, table, workflow } from '../../../core/index.ts';
import { redactor } from '../../../core/redact.ts';
import { expireEntry, writtenTables } from '../../../handlers/azure/functions/expire-entry.ts';
import { httpEntry } from '../../../handlers/azure/functions/http-entry.ts';
import { makers } from '../../../handlers/azure/functions/makers.ts';
import { openRoom } from '../../../handlers/azure/functions/room.ts';
import { azure } from '../../../handlers/azure/index.ts';

const lines: string[] = [];

/** An app in a function with these settings. */
function serving(one: Parameters<typeof openRoom>[0][number], env: Readonly<Record<string, string>> = {}) {
  const durable = (): never => {
    throw new Error('no run is started here');
  };
  const log = (message: string, fields: object): void => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const handle = httpEntry(openRoom([one], { make: makers(env, redactor()), env, log, durable }));
  return async (path: string, headers: Readonly<Record<string, string>> = {}) => {
    const request = new HttpRequest({ method: 'GET', url: `http://localhost${path}`, headers });
    const { status, body } = (await handle(request, {} as InvocationContext)) as HttpResponseInit;
    return { status, text: await new Response(body as ReadableStream).text() };
  };
}

const plain = app('plain', { http: [http('plain', { routes: (api) => api.get('/hello', (c) => c.text('hello')) })] });

test('an app that uses nothing needs no setting', async () => {
  expect(await serving(plain)('/hello')).toEqual({ status: 200, text: 'hello' });
});

test('management is shut without a key, and with one that Key Vault did not give', async () => {
  const reference = '@Microsoft.KeyVault(SecretUri=https://kv-a.vault.azure.net/secrets/skein-admin-key)';
  for (const env of [{}, { SKEIN_ADMIN_KEY: '' }, { SKEIN_ADMIN_KEY: reference }] as Record<string, string>[]) {
    const headers = { authorization: `Bearer ${env.SKEIN_ADMIN_KEY || 'anything'}` };
    expect((await serving(plain, env)('/runs', headers)).status).toBe(401);
  }
  const headers = { authorization: 'Bearer of-this-app' };
  // Open, and there is nothing that could run.
  expect((await serving(plain, { SKEIN_ADMIN_KEY: 'of-this-app' })('/runs', headers)).status).toBe(503);
});

test('an account that nothing names is a defect whose reason is in the log', async () => {
  const docs = bucket('docs');
  const using = app('using', {
    http: [http('using', { uses: { docs: docs.read }, routes: (api) => api.get('/hello', (c) => c.text('hello')) })],
  });
  const answer = await serving(using)('/hello');
  expect(answer.status).toBe(500);
  const { id } = JSON.parse(answer.text) as { id: string };
  expect(lines.find((line) => line.includes(id))).toContain(
    'neither SKEIN_STORAGE nor SKEIN_STORAGE__blobServiceUri is set',
  );
});

test('apps are told the address of a client', async () => {
  const asking = app('asking', {
    http: [http('asking', { routes: (api) => api.get('/who', (c) => c.text(clientAddress(c) ?? 'nobody')) })],
  });
  const forwarded = { 'x-forwarded-for': '203.0.113.7:51234, 192.0.2.9:443' };
  const fronted = { ...forwarded, 'x-azure-fdid': 'front', 'x-azure-socketip': '203.0.113.7' };
  const texts = [{}, forwarded, fronted].map(async (headers) => (await serving(asking)('/who', headers)).text);
  expect(await Promise.all(texts)).toEqual(['nobody', '192.0.2.9', '192.0.2.9']);
  const ours = serving(asking, { SKEIN_FRONT_DOOR_ID: 'front' });
  expect((await ours('/who', fronted)).text).toBe('203.0.113.7');
});

test('tables that the apps write are cleared of what has expired, the others where one cannot be', async () => {
  const [read, written, broken] = [table('read'), table('written'), table('broken')];
  const one = app('one', {
    http: [
      http('one', {
        uses: { a: read.read, b: broken.write, c: written.all, d: written.read },
        routes: (api) => api,
      }),
    ],
  });
  expect(writtenTables([one, plain]).map(({ name }) => name)).toEqual(['broken', 'written']);
  const told: unknown[] = [];
  const client = ({ name }: { readonly name: string }): object => ({
    removeExpired: async () => {
      if (name === 'broken') throw new Error('no such table');
      return 3;
    },
  });
  const clear = expireEntry(writtenTables([one]), { client, log: (...line) => void told.push(line) });
  await expect(clear()).rejects.toThrow('no such table');
  expect(told).toEqual([['expired documents removed', { table: 'written', removed: 3 }]]);
});

test('a part that is not known is refused', () => {
  expect(() => azure(plain, { maker: {} } as object)).toThrow(/azure: unknown option 'maker'/);
});

test('two workflows of one name in one Functions app are refused', () => {
  const named = (owner: string) =>
    app(owner, { workflows: [workflow('same', { run: () => step('one', { run: () => null })({}) })] });
  expect(() => azure([named('a'), named('b')])).toThrow("the apps 'a' and 'b' both have a workflow 'same'");
});
