import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import apps from '../../apps/index.ts';
import { makeKeyring } from '../../core/http/keyring.ts';
import { type Dev, open } from '../../handlers/local/dev.ts';
import probe, { texts } from './probe.ts';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly isPublic: boolean;
}

let room: Dev;
let operations: readonly Operation[];
const runs = { mine: '', other: '' };
beforeAll(async () => {
  room = await open([...apps, probe]);
  runs.mine = (await room.start('hearing', null, { id: 'mine' })).id;
  runs.other = (await room.start('hearing', null, { id: 'other' })).id;
  await room.clients({ texts: texts.write }).texts.put('there', 'secret words');
  const { paths } = (await (await send('/openapi.json')).json()) as {
    paths: Record<string, Record<string, { security?: unknown[] }>>;
  };
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => ['get', 'put', 'post', 'patch', 'delete', 'head'].includes(method))
      .map(([method, { security }]) => ({
        method: method.toUpperCase(),
        path,
        // Pages send people to where they can log in; that is an answer to anybody.
        isPublic: (security ?? []).length === 0 && !path.startsWith('/ui/runs'),
      })),
  );
});
afterAll(() => room.close());

const ORIGIN = 'http://127.0.0.1:3000';
const send = (path: string, init: RequestInit = {}): Promise<Response> => room.fetch(new Request(ORIGIN + path, init));

/** A path of the document with something that is there in place of each parameter. */
function filled(path: string): string {
  const known: Readonly<Record<string, string>> = { id: runs.mine, bucket: 'texts', queue: 'notes', name: 'word' };
  return path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => known[parameter] ?? 'there');
}

const ask = ({ method, path }: Operation, headers: Record<string, string>, query = ''): Promise<Response> =>
  send(filled(path) + query, {
    method,
    headers,
    redirect: 'manual',
    ...(['POST', 'PUT', 'PATCH'].includes(method) && { body: '{}' }),
  });

/** A signature of another key, and ours from another time. */
async function credentials(): Promise<
  readonly (readonly [name: string, headers: Record<string, string>, query?: string])[]
> {
  const stranger = await makeKeyring('another key');
  const past = await makeKeyring(room.adminKey, () => Date.now() - 30 * 86_400_000);
  const query = (path: string): string => path.slice(path.indexOf('?'));
  const cookieOf = async (keyring: typeof stranger, key: string): Promise<string> => {
    const headers: string[] = [];
    const context = { req: { url: ORIGIN }, header: (_: string, value: string) => headers.push(value) };
    await keyring.logIn(context as never, key);
    return headers[0]!.split(';')[0]!;
  };
  const now = await makeKeyring(room.adminKey);
  return [
    ['no credentials', {}],
    ['a wrong key', { authorization: 'Bearer wrong' }],
    ['an empty key', { authorization: 'Bearer ' }],
    ['the key with a letter more', { authorization: `Bearer ${room.adminKey}x` }],
    ['the key by another scheme', { authorization: `Basic ${room.adminKey}` }],
    ['the key in the query', {}, `?key=${room.adminKey}`],
    ['a cookie of another key', { cookie: await cookieOf(stranger, 'another key') }],
    ['a cookie that is over', { cookie: await cookieOf(past, room.adminKey) }],
    ['a cookie that is none', { cookie: 'skein_session=9999999999.AAAA' }],
    ['a wrong key beside a good cookie', { authorization: 'Bearer wrong', cookie: await cookieOf(now, room.adminKey) }],
    ['a signature of another key', {}, query(await stranger.statusPath(runs.mine))],
    ['a signature that is over', {}, query(await past.statusPath(runs.mine))],
    ['the signature of another run', {}, query(await now.statusPath(runs.other))],
    [
      'an altered signature',
      {},
      query(await now.statusPath(runs.mine)).replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    ],
    ['a later expiry', {}, query(await now.statusPath(runs.mine)).replace(/expires=\d+/, 'expires=9999999999')],
    [
      'two signatures',
      {},
      `${query(await stranger.statusPath(runs.mine))}&${query(await now.statusPath(runs.other)).slice(1)}`,
    ],
  ];
}

describe('every route', () => {
  test('is open to nobody but the owner of the key, unless it is meant to be', async () => {
    const open = operations.filter(({ isPublic }) => isPublic).map(({ method, path }) => `${method} ${path}`);
    const own = open.filter(
      (one) =>
        !/\/(apps|integral|numericalintegral|word-count|statistics|polls?|photos|probe|api)\b|integrals/.test(one),
    );
    // What anybody may see without a key; a new one has to be put here on purpose.
    expect(own.sort()).toEqual(PUBLIC);
    const closed = operations.filter(({ isPublic }) => !isPublic);
    expect(closed.length).toBeGreaterThan(15);
    for (const [name, headers, query] of await credentials())
      for (const operation of closed) {
        const response = await ask(operation, headers, query);
        const said = `${operation.method} ${operation.path} with ${name}: ${response.status}`;
        // People are sent to where they can log in, programs are refused.
        if (operation.path.startsWith('/ui/') && response.status === 303)
          expect(response.headers.get('location'), said).toMatch(/^\/\?next=/);
        else expect([401, 403], said).toContain(response.status);
        expect(await response.text(), said).not.toMatch(/secret words|hearing/);
      }
  });

  test('is open to the owner of the key', async () => {
    for (const operation of operations.filter(({ isPublic }) => !isPublic)) {
      const response = await ask(operation, { authorization: `Bearer ${room.adminKey}` });
      expect(response.status, `${operation.method} ${operation.path}`).not.toBe(401);
      expect(response.status, `${operation.method} ${operation.path}`).toBeLessThan(500);
      await response.body?.cancel();
    }
  });
});

describe('a status URL', () => {
  test('shows its run and does nothing else', async () => {
    const keyring = await makeKeyring(room.adminKey);
    const path = await keyring.statusPath(runs.other);
    const query = path.slice(path.indexOf('?'));
    expect((await send(path)).status).toBe(200);
    for (const [method, other] of [
      ['GET', `/runs/${runs.mine}${query}`],
      ['GET', `/runs/${runs.other}/steps${query}`],
      ['GET', `/runs${query}`],
      ['POST', `/runs/${runs.other}/cancel${query}`],
      ['POST', `/runs/${runs.other}/events/word${query}`],
      ['GET', `/buckets/texts/there${query}`],
      ['PUT', `/buckets/texts/there${query}`],
      ['GET', `/queues${query}`],
    ] as const) {
      const init = method === 'GET' ? {} : { method, body: '{}' };
      expect((await send(other, init)).status, `${method} ${other}`).toBe(401);
    }
    expect(await (await send(path)).json()).toMatchObject({ id: 'other', status: 'running' });
  });
});

const PUBLIC: readonly string[] = [
  'GET /',
  'GET /docs',
  'GET /docs.css',
  'GET /favicon.ico',
  'GET /favicon.svg',
  'GET /openapi.json',
  'GET /skein.css',
  'GET /ui/live.js',
  'POST /login',
  'POST /logout',
];
