import { describe, expect, test } from 'vitest';
import { browse } from './browse.ts';
import { reviewing } from './reviewing.ts';

const CSP =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const { room, person, page, startReview } = reviewing();

describe('home', () => {
  test('lists the apps, and nothing of runs without the key', async () => {
    await startReview('one');
    const { status, text } = await person().get('/');
    expect(status).toBe(200);
    expect(text).toContain('Reviews &amp; prints');
    expect(text).toContain('Reads pages, waits for a verdict, prints.');
    expect(text).toContain('action="/login"');
    expect(text).not.toContain('/runs');
    expect(text).not.toContain('Log out');
  });

  test('shows recent runs and a way out with it', async () => {
    await startReview('one');
    expect((await person().logIn()).headers.get('location')).toBe('/');
    const text = await page('/');
    expect(text).toContain('href="/ui/runs/one"');
    expect(text).toContain('href="/ui/runs"');
    expect(text).not.toContain('action="/login"');
    const out = await person().post('/logout', {});
    expect([out.status, out.headers.get('location')]).toEqual([303, '/']);
    expect(await page('/')).not.toContain('/runs');
    expect((await person().get('/ui/runs')).status).toBe(303);
  });

  test('a wrong key gives a browser the form again, and a program a problem; both 401', async () => {
    const wrong = await person().post('/login', { key: 'wrong', next: '/ui/runs?status=failed' });
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get('content-type')).toContain('text/html');
    expect(wrong.headers.get('set-cookie')).toBeNull();
    expect(wrong.text).toContain('This is not the admin key');
    expect(wrong.text).toContain('value="/ui/runs?status=failed"');
    const program = await person().post('/login', { key: 'wrong' }, { accept: 'application/json' });
    expect(program.status).toBe(401);
    expect(JSON.parse(program.text)).toMatchObject({ status: 401, code: 'Unauthorized' });
  });

  test('has a style sheet, a script and an icon of its own', async () => {
    for (const [path, type] of [
      ['/skein.css', 'text/css'],
      ['/ui/live.js', 'text/javascript'],
      ['/favicon.svg', 'image/svg+xml'],
      ['/favicon.ico', 'image/svg+xml'],
    ] as const) {
      const { status, headers } = await person().get(path);
      expect([path, status]).toEqual([path, 200]);
      expect(headers.get('content-type')).toContain(type);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });
});

describe('a path where nothing is', () => {
  test('is a page to a browser, with the way home', async () => {
    const { status, headers, text } = await person().get('/no/such<b>path');
    expect([status, headers.get('content-type'), headers.get('content-security-policy')]).toEqual([
      404,
      'text/html; charset=utf-8',
      CSP,
    ]);
    expect(text).toContain('<h1>Not found</h1>');
    expect(text).toContain('nothing at /no/such&lt;b&gt;path');
    expect(text).toContain('<a href="/">Home</a>');
    await person().logIn();
    expect(await page('/nowhere')).toContain('<a href="/ui/runs">All runs</a>');
  });

  test.each(['*/*', 'application/json', ''])('is a problem to a program that accepts "%s"', async (accept) => {
    const { status, headers, text } = await person().get('/no/such', { accept });
    expect([status, headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    expect(JSON.parse(text)).toEqual({
      type: 'about:blank',
      title: 'NotFound',
      status: 404,
      code: 'NotFound',
      detail: 'nothing at /no/such',
    });
  });
});

describe('login and the way back', () => {
  test('pages of runs send a stranger to the login, and the login back to them', async () => {
    await startReview('one');
    for (const path of ['/ui/runs?status=running&workflow=review', '/ui/runs/one?node=read']) {
      const away = await browse(room()).get(path);
      expect([away.status, away.headers.get('location')]).toEqual([303, `/?next=${encodeURIComponent(path)}`]);
    }
    const form = await page('/?next=%2Fui%2Fruns%2Fone');
    expect(form).toContain('<input type="hidden" name="next" value="/ui/runs/one" />');
    expect((await person().logIn('/ui/runs/one')).headers.get('location')).toBe('/ui/runs/one');
    expect((await person().get('/?next=%2Fui%2Fruns%2Fone')).headers.get('location')).toBe('/ui/runs/one');
  });

  test.each([
    'https://evil.test/',
    '//evil.test/',
    '/\\evil.test/',
    '/\t/evil.test/',
    '/.//evil.test/',
    '/..//evil.test/',
    '/%2e//evil.test/',
    '\\\\evil.test',
    'javascript:alert(1)',
    'ui/runs',
    ' /ui/runs',
    '',
  ])('leads nowhere else: %j', async (next) => {
    expect((await person().logIn(next)).headers.get('location')).toBe('/');
    expect((await person().get(`/?next=${encodeURIComponent(next)}`)).headers.get('location') ?? '/').toBe('/');
    expect((await browse(room()).get(`/?next=${encodeURIComponent(next)}`)).text).not.toContain('evil.test');
  });
});

describe('security', () => {
  test('every page forbids inline code and frames', async () => {
    await startReview('one');
    const stranger = await person().get('/');
    await person().logIn();
    const answers = [stranger];
    for (const path of ['/', '/ui/runs', '/ui/runs/one', '/ui/runs/none', '/ui/runs?status=odd'])
      answers.push(await person().get(path));
    expect(answers.map((one) => one.status)).toEqual([200, 200, 200, 200, 404, 400]);
    for (const { headers, text } of answers) {
      expect(headers.get('content-security-policy')).toBe(CSP);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(text).not.toMatch(/ style=| on[a-z]+=|<script(?! src=)|<style/);
    }
  });

  test('forms of other sites do nothing', async () => {
    await startReview('one');
    await person().logIn();
    const foreign: Record<string, string>[] = [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }];
    for (const headers of foreign)
      for (const path of ['/ui/runs/one/cancel', '/ui/runs/one/events', '/logout']) {
        const { status, headers: given } = await person().post(path, { name: 'verdict', data: '{}' }, headers);
        expect([path, status, given.get('set-cookie')]).toEqual([path, 403, null]);
      }
    expect(await page('/ui/runs/one')).toContain('running');
    await expect(room().event('one', 'verdict', { by: 'Ada', yes: true })).resolves.toBeUndefined();
  });

  test('forms without a login do nothing', async () => {
    await startReview('one');
    for (const path of ['/ui/runs/one/cancel', '/ui/runs/one/events']) {
      const { status, headers } = await person().post(path, { name: 'verdict', data: '{"by":"x","yes":true}' });
      expect([status, headers.get('location')]).toEqual([303, '/?next=%2Fui%2Fruns%2Fone']);
    }
    await person().logIn();
    expect(await page('/ui/runs/one')).toContain('data-state="running"');
  });

  test('what a run holds is text on its page', async () => {
    await person().logIn();
    await startReview('one', '</pre><script>alert(1)</script>\u202e"\'&');
    await room().start('refused', {}, { id: 'two' });
    await room().result('two');
    const one = await page('/ui/runs/one');
    expect(one).toContain('&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;\\u202e');
    const two = await page('/ui/runs/two');
    expect(two).toContain('Refused: no &lt;script&gt;alert(1)&lt;/script&gt; \\u202edaer');
    const filtered = await page('/ui/runs?workflow=%3Cscript%3Ex%E2%80%AE');
    expect(filtered).toContain('&lt;script&gt;x\\u202e');
    const lost = await page('/ui/runs/%3Cscript%3Ealert(1)');
    // What a form sends back must be what it was; nobody sees it.
    for (const text of [one, two, filtered, lost, await page('/ui/runs/one?node=%3Cscript%3E')])
      expect(text.replace(/ value="[^"]*"/g, '')).not.toMatch(/<script>|\u202e/);
  });
});

describe('the list of runs', () => {
  test('is filtered by status and workflow, with a plain form', async () => {
    await person().logIn();
    await startReview('one');
    await startReview('two');
    await room().cancel('two');
    await room().start('refused', {}, { id: 'three' });
    await room().result('three');
    const shown = async (query: string): Promise<string[]> =>
      [...(await page(`/ui/runs${query}`)).matchAll(/id="run-(\w+)"/g)].map(([, id]) => id ?? '');
    expect(await shown('')).toEqual(['three', 'two', 'one']);
    expect(await shown('?status=&workflow=')).toEqual(['three', 'two', 'one']);
    expect(await shown('?status=cancelled&workflow=')).toEqual(['two']);
    expect(await shown('?status=&workflow=review')).toEqual(['two', 'one']);
    expect(await shown('?status=failed&workflow=review')).toEqual([]);
    expect(await page('/ui/runs?status=failed&workflow=review')).toContain('No run is like that.');
    expect(await page('/ui/runs?status=failed')).toMatch(/<option value="failed" selected>/);
    expect((await person().get('/ui/runs?status=odd')).text).toContain('status: must be one of running');
  });

  test('has pages that keep the filter', { timeout: 60_000 }, async () => {
    await person().logIn();
    await Promise.all(Array.from({ length: 101 }, (_, index) => room().start('refused', {}, { id: `r${index}` })));
    const first = await page('/ui/runs?workflow=refused');
    const next = /rel="next" href="([^"]+)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(next).toMatch(/^\/ui\/runs\?workflow=refused&cursor=\d+$/);
    const second = await page(next);
    expect(second.match(/id="run-/g)).toHaveLength(1);
    expect(second).toContain('<a href="/ui/runs?workflow=refused">Newest</a>');
    expect(second).not.toContain('rel="next"');
  });
});
