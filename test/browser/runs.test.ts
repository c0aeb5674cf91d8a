import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Browser,
  COUNT_SHIFTS,
  hasChromium,
  inChromium,
  loadAxe,
  openChromium,
  type Page,
  SHIFT,
  VIEWS,
  type ViewOptions,
} from '../support/chromium.ts';
import { ROOT, type Server, startServer, temporary, until } from '../support/server.ts';

const title = inChromium('runs in Chromium');

const NARROWEST = { viewport: { width: 320, height: 640 } } as const;

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly string[];
}

describe.skipIf(!hasChromium)(title, () => {
  let server: Server;
  let browser: Browser;
  const gates = temporary();

  beforeAll(async () => {
    server = await startServer({ module: join(ROOT, 'test/support/apps/review.ts') });
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const visit = async (path: string, options: ViewOptions) => {
    const page = await browser.newPage(options);
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/i.test(message.text())) errors.push(message.text());
    });
    await page.addInitScript(COUNT_SHIFTS);
    await page.goto(`${server.url}${path}`);
    return { page, errors };
  };

  /** Goes on with the Tab key until the element that fits has the focus, and sees that the focus is to be seen. */
  const tabTo = async (page: Page, selector: string): Promise<void> => {
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press('Tab');
      if (!(await page.evaluate<boolean>(`document.activeElement.matches(${JSON.stringify(selector)})`))) continue;
      expect(await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
      return;
    }
    throw new Error(`the Tab key does not reach ${selector}`);
  };

  /** Waits until an expression is true: Playwright's own way needs `eval`, which the page's policy refuses. */
  const holds = (page: Page, expression: string): Promise<true> =>
    until(async () => (await page.evaluate<boolean>(expression)) || undefined);

  const logIn = async (page: Page): Promise<void> => {
    await tabTo(page, '#key');
    await page.keyboard.type(server.key);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/ui\/runs/);
  };

  const widthOf = (page: Page): Promise<number> => page.evaluate<number>('document.documentElement.scrollWidth');

  const inspect = async (page: Page): Promise<void> => {
    // Not as a script element: the page's own policy would refuse it.
    await loadAxe(page);
    const found = await page.evaluate<Violation[]>(`axe.run().then(({ violations }) => violations.map(
      ({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map((node) => node.html.slice(0, 200)) })))`);
    expect(found.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
    const headings = await page.evaluate<number[]>(
      `[...document.querySelectorAll('h1, h2, h3')].map(({ localName }) => Number(localName[1]))`,
    );
    expect(headings[0]).toBe(1);
    for (const [index, level] of headings.entries()) expect(level - (headings[index - 1] ?? 0)).toBeLessThanOrEqual(1);
  };

  const start = (id: string, pages: readonly number[], gate = 'never'): Promise<unknown> =>
    server.start('review', { title: `<b>${id}</b>`, pages, gate: join(gates, gate) }, id);

  for (const [name, view] of Object.entries(VIEWS))
    test(`a run is watched and answered with the keyboard alone, ${name}`, async () => {
      const id = `watched-${name}`;
      await start(id, [1, 2, 3, 4, 5], id);
      const { page, errors } = await visit(`/ui/runs/${id}`, view);
      await inspect(page);
      await page.keyboard.press('Tab');
      expect(await page.evaluate<string>('document.activeElement.className')).toBe('skip');
      await logIn(page);
      expect(new URL(page.url()).pathname).toBe(`/ui/runs/${id}`);
      await holds(page, `document.querySelector('#node-read .state')?.textContent === '2 of 5'`);
      await inspect(page);

      await tabTo(page, '#call-read\\/0 summary');
      await page.keyboard.press('Enter');
      await writeFile(join(gates, id), '');
      await holds(page, `document.querySelector('#node-read .state').textContent === '5 of 5'`);
      await holds(page, `document.querySelector('.detail').textContent === 'waits for the event verdict'`);
      expect(await page.evaluate<boolean>(`document.activeElement.matches('#call-read\\\\/0 summary')`)).toBe(true);
      expect(await page.evaluate<boolean>(`document.querySelector('#call-read\\\\/0 details').open`)).toBe(true);
      expect(await page.evaluate<number>('window.shifts')).toBeLessThan(SHIFT);
      await inspect(page);

      await page.keyboard.press('Home');
      await page.evaluate('document.activeElement.blur()');
      await tabTo(page, '#data');
      await page.keyboard.press('Control+a');
      await page.keyboard.type('{"by":');
      await tabTo(page, 'form.event button');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#data-refused');
      expect(await page.evaluate<string>('document.activeElement.id')).toBe('data');
      await inspect(page);
      await page.keyboard.press('Control+a');
      await page.keyboard.type('{"by":"Ada","yes":true}');
      await tabTo(page, 'form.event button');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#summary [data-state="succeeded"]');
      expect((await server.over(id)).output).toBe('printed for Ada');
      expect(await widthOf(page)).toBeLessThanOrEqual(view.viewport.width);
      await inspect(page);
      expect(errors).toEqual([]);
      await page.close();
    });

  for (const [name, view] of Object.entries(VIEWS))
    test(`a page that is open follows its run to the end, and nothing jumps, ${name}`, {
      timeout: 60_000,
    }, async () => {
      const id = `followed-${name}`;
      await start(id, [1, 2, 3, 4, 5], id);
      const { page, errors } = await visit(`/ui/runs/${id}?node=spell`, view);
      await logIn(page);
      await holds(page, `document.querySelector('#node-read .state')?.textContent === '2 of 5'`);
      await page.waitForSelector('#actions fieldset:enabled');
      await writeFile(join(gates, id), '');
      await holds(page, `document.querySelector('.detail').textContent === 'waits for the event verdict'`);
      await server.withKey(`/runs/${id}/cancel`, { method: 'POST' });
      await page.waitForSelector('#summary [data-state="cancelled"]');
      await page.waitForSelector('#actions fieldset:disabled');
      expect(await page.evaluate<number>('window.shifts')).toBeLessThan(SHIFT);
      // And a shift would have been counted.
      await page.evaluate("document.querySelector('main').prepend(document.createElement('hr'))");
      await holds(page, 'window.shifts > 0');
      expect(errors).toEqual([]);
      await page.close();
    });

  for (const [name, view] of Object.entries(VIEWS))
    test(`the page of all routes, and the one where nothing is, ${name}`, async () => {
      for (const path of ['/docs', '/no/such/page']) {
        const { page } = await visit(path, view);
        await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true;");
        await inspect(page);
        expect(await widthOf(page)).toBeLessThanOrEqual(view.viewport.width);
        await page.close();
      }
    });

  test('a run is cancelled with the keyboard, and without a script', async () => {
    await start('cancelled', []);
    const { page, errors } = await visit('/ui/runs/cancelled', { ...NARROWEST, javaScriptEnabled: false });
    await logIn(page);
    expect(await page.evaluate<boolean>("document.querySelector('.cancel').open")).toBe(false);
    await tabTo(page, '.cancel summary');
    await page.keyboard.press('Enter');
    await tabTo(page, '.cancel button');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.said');
    await page.waitForSelector('#summary [data-state="cancelled"]');
    expect((await server.over('cancelled')).status).toBe('cancelled');
    expect(await widthOf(page)).toBeLessThanOrEqual(NARROWEST.viewport.width);
    expect(errors).toEqual([]);
    await page.close();
  });

  test('the list follows its runs in their places, and tells of new ones', async () => {
    await start('listed', [3], 'listed');
    for (const [name, view] of Object.entries({ ...VIEWS, NARROWEST })) {
      const { page, errors } = await visit('/ui/runs?workflow=review', view);
      await logIn(page);
      await page.waitForSelector('#run-listed');
      await start(`new-${name}`, []);
      await holds(page, `document.querySelector('#news a')?.textContent === 'Show one new run'`);
      expect(await page.evaluate<number>('window.shifts')).toBeLessThan(SHIFT);
      expect(await widthOf(page)).toBeLessThanOrEqual(view.viewport.width);
      await inspect(page);
      await tabTo(page, '#news a');
      await page.keyboard.press('Enter');
      await page.waitForSelector(`#run-new-${name}`);
      expect(errors).toEqual([]);
      await page.close();
    }
    const { page } = await visit('/ui/runs?status=running', VIEWS.desktop);
    await logIn(page);
    await page.waitForSelector('#run-listed [data-state="running"]');
    await server.withKey('/runs/listed/cancel', { method: 'POST' });
    await page.waitForSelector('#run-listed [data-state="cancelled"]');
    expect(await page.evaluate<number>('window.shifts')).toBeLessThan(SHIFT);
    await page.goto(`${server.url}/`);
    await inspect(page);
    await page.close();
  });
});
