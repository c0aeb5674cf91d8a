import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import apps from '../../apps/index.ts';
import { app, http } from '../../core/index.ts';
import { type Served, serve } from '../../handlers/local/index.ts';
import library from '../openapi/library.ts';
import office from '../support/apps/office.ts';
import { type Browser, hasChromium, inChromium, openChromium, PICTURES } from '../support/chromium.ts';
import { temporary } from '../support/server.ts';
import { bundled } from './bundled.ts';

const PROGRAM = `
import { client, routes } from 'skein/client';
import type { catalogue } from './test/openapi/library.ts';
const room = client('');
const over = await room.wait(await room.start('welcome', { name: 'browser' }));
const refused = await room.start('greet', {}).catch((error) => [error.name, error.data]);
const book = await (await routes<typeof catalogue>('/').books[':id'].$get({ param: { id: '7' }, query: {} })).json();
document.body.append(Object.assign(document.createElement('output'), {
  textContent: JSON.stringify({ status: over.status, output: over.output, refused, book }),
}));
`;

const title = inChromium('in Chromium');

describe.skipIf(!hasChromium)(title, () => {
  let served: Served;
  let browser: Browser;
  beforeAll(async () => {
    const { text } = await bundled(PROGRAM);
    const visitor = app('visitor', {
      http: [
        http('visitor', {
          routes: (api) => api.get('/visitor.js', (c) => c.body(text, 200, { 'content-type': 'text/javascript' })),
        }),
      ],
      page: (c) => c.html('<!doctype html><title>Visitor</title><script type="module" src="/visitor.js"></script>'),
    });
    await mkdir(PICTURES, { recursive: true });
    served = await serve([visitor, library, office, ...apps], { data: temporary(), port: 0, env: {} });
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  test('the client starts a run and waits for it, on the host that its page came from', async () => {
    const page = await browser.newPage({ viewport: { width: 800, height: 600 } });
    await page.goto(`${served.url}/apps/visitor`);
    await page.waitForSelector('output');
    expect(JSON.parse(await page.evaluate<string>("document.querySelector('output').textContent"))).toEqual({
      status: 'succeeded',
      output: { greeting: 'Hello, browser' },
      refused: ['Unauthorized', { status: 401 }],
      book: { id: 7, title: 'Book 7 (en)' },
    });
    await page.close();
  });

  test('the documentation fits a phone, with everything open', async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`${served.url}/docs`);
    await page.screenshot({ path: join(PICTURES, 'docs-phone.png') });
    const opened = await page.evaluate<number>(
      "[...document.querySelectorAll('details')].map((one) => (one.open = true)).length",
    );
    expect(opened).toBeGreaterThan(30);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    // The policy lets its own style in.
    expect(await page.evaluate<string>("getComputedStyle(document.querySelector('nav ul')).display")).toBe('flex');
    expect(errors).toEqual([]);
    await page.evaluate("document.getElementById('post_workflows_lend_runs').scrollIntoView()");
    await page.screenshot({ path: join(PICTURES, 'docs-phone-open.png') });
    await page.close();
  });
});
