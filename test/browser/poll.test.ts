import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Browser,
  COUNT_SHIFTS,
  expectNoScroll,
  hasChromium,
  inChromium,
  loadAxe,
  openChromium,
  type Page,
  PICTURES,
  SHIFT,
  VIEWS,
  type ViewOptions,
} from '../support/chromium.ts';
import { ROOT, type Server, startServer, until } from '../support/server.ts';

const title = inChromium('a poll in Chromium');

const COUNTS = `[...document.querySelectorAll('#results .count')].map((one) => one.textContent)`;
const HOSTILE = '<img src=x onerror=document.title=1>';
const OPTIONS = ['Tea', 'Coffee, from the small machine in the kitchen that nobody ever cleans', HOSTILE];

describe.skipIf(!hasChromium)(title, () => {
  let server: Server;
  let browser: Browser;

  beforeAll(async () => {
    await mkdir(PICTURES, { recursive: true });
    server = await startServer({ module: join(ROOT, 'apps/poll/index.ts') });
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** A person: a browser with cookies of its own. */
  const person = async (options: ViewOptions, path: string) => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/i.test(message.text())) errors.push(message.text());
    });
    await page.addInitScript(COUNT_SHIFTS);
    await page.goto(new URL(path, server.url).href);
    return { context, page, errors };
  };
  const create = async (page: Page, title: string): Promise<void> => {
    await page.fill('[name=title]', title);
    await page.fill('[name=options]', OPTIONS.join('\n'));
    await page.click('[type=submit]');
    await page.waitForURL(/\/apps\/poll\/[\w-]{22}$/);
  };
  const counted = (page: Page, counts: readonly string[]): Promise<true> =>
    until(async () => (JSON.stringify(await page.evaluate(COUNTS)) === JSON.stringify(counts) ? true : undefined));
  const holds = (page: Page, expression: string): Promise<true> =>
    until(async () => (await page.evaluate<boolean>(expression)) || undefined);

  const inspect = async (page: Page): Promise<void> => {
    // Not as a script element: the page's own policy would refuse it.
    await loadAxe(page);
    const found = await page.evaluate<{ id: string; impact: string; nodes: string[] }[]>(
      `axe.run().then(({ violations }) => violations.map(
        ({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map((node) => node.html.slice(0, 200)) })))`,
    );
    expect(found.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  };

  for (const [name, view] of Object.entries(VIEWS))
    test(`two people vote and see each other's votes come in, ${name}`, async () => {
      const ada = await person(view, '/apps/poll');
      const width = () => ada.page.evaluate<number>('document.documentElement.scrollWidth');
      await ada.page.screenshot({ path: `${PICTURES}poll-new-${name}.png`, fullPage: true });
      expect(await width()).toBeLessThanOrEqual(view.viewport.width);
      await create(ada.page, `What shall we drink? ${HOSTILE}`);
      const grace = await person(view, ada.page.url());
      expect(await grace.page.evaluate<number>(`document.querySelectorAll('#owner-title, img').length`)).toBe(0);

      await ada.page.click('.option:nth-of-type(1) input');
      await ada.page.click('#vote button');
      await counted(grace.page, ['1 · 100 %', '0 · 0 %', '0 · 0 %']);
      await grace.page.click('.option:nth-of-type(3) input');
      await grace.page.click('#vote button');
      await counted(ada.page, ['1 · 50 %', '0 · 0 %', '1 · 50 %']);
      await ada.page.click('.option:nth-of-type(2) input');
      await ada.page.click('#vote button');
      await counted(grace.page, ['0 · 0 %', '1 · 50 %', '1 · 50 %']);
      for (const { page } of [ada, grace]) expect(await page.evaluate<number>('window.shifts')).toBeLessThan(SHIFT);
      await ada.page.screenshot({ path: `${PICTURES}poll-${name}.png`, fullPage: true });
      expect(await width()).toBeLessThanOrEqual(view.viewport.width);
      for (const open of [false, true]) {
        await ada.page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = ${open}`);
        await inspect(ada.page);
      }

      // Who comes back is the same voter.
      await grace.page.goto(grace.page.url());
      expect(await grace.page.evaluate<string>(`document.querySelector('input:checked').value`)).toBe('3');
      await ada.page.click('#turn button');
      await holds(ada.page, `document.querySelector('#turn button').value === 'open'`);
      await holds(grace.page, `document.querySelector('#vote fieldset').disabled`);
      expect(await grace.page.evaluate<string>(`document.getElementById('total').textContent`)).toBe(
        '2 votes, closed: these are final',
      );
      expect(await grace.page.evaluate<number>('window.shifts')).toBeLessThan(SHIFT);
      for (const { errors, context } of [ada, grace]) {
        expect(errors).toEqual([]);
        await context.close();
      }
    });

  test('long names and names in other scripts stay in their places', async () => {
    const names = ['تصويت: أي شاي؟', 'x'.repeat(100), 'קפה, בבקשה'];
    for (const view of Object.values(VIEWS)) {
      const { page, context } = await person(view, '/apps/poll');
      await page.fill('[name=title]', `${'Donaudampfschifffahrt'.repeat(10)}`.slice(0, 200));
      await page.fill('[name=options]', names.join('\n'));
      await page.click('[type=submit]');
      await page.waitForURL(/\/apps\/poll\/[\w-]{22}$/);
      const directions = `[...document.querySelectorAll('#results .name')].map((one) => getComputedStyle(one).direction)`;
      expect(await page.evaluate<string[]>(directions)).toEqual(['rtl', 'ltr', 'rtl']);
      await page.screenshot({ path: `${PICTURES}poll-names-${view.viewport.width}.png`, fullPage: true });
      await expectNoScroll(page, view.viewport.width);
      await inspect(page);
      await context.close();
    }
  });

  test('everything works without a script', async () => {
    const { context, page } = await person({ ...VIEWS.phone, javaScriptEnabled: false }, '/apps/poll');
    await page.fill('[name=title]', 'Too few?');
    await page.fill('[name=options]', 'only one');
    await page.click('[type=submit]');
    await page.waitForSelector('#refusal');
    expect(await page.evaluate<string>('document.activeElement.name')).toBe('options');
    expect(await page.evaluate<string>(`document.querySelector('[name=title]').value`)).toBe('Too few?');
    await create(page, 'Enough?');
    await page.click('details:nth-of-type(1) summary');
    await page.fill('#edit [name=title]', 'Enough by now?');
    await page.fill('#edit [name=options]', 'only one');
    await page.click('#edit button');
    await page.waitForSelector('#edit #refusal');
    expect(await page.textContent('#refusal')).toBe('The options: a poll needs at least 2 options');
    // What was typed is there to be mended.
    expect(await page.evaluate<string>(`document.querySelector('#edit [name=title]').value`)).toBe('Enough by now?');
    expect(await page.evaluate<string>('document.activeElement.name')).toBe('options');
    await page.goto(page.url().replace(/\/manage$/, ''));
    await page.click('.option:nth-of-type(2) input');
    await page.click('#vote button');
    await holds(page, `document.getElementById('status').textContent.startsWith('Your vote is counted')`);
    expect(await page.evaluate<string>(`document.querySelector('input:checked').value`)).toBe('2');
    await until(async () => {
      await page.goto(page.url());
      return (await page.evaluate<string[]>(COUNTS))[1] === '1 · 100 %' || undefined;
    });
    await page.click('details:nth-of-type(1) summary');
    await page.fill('#edit [name=title]', 'Enough now?');
    await page.click('#edit button');
    await holds(page, `document.querySelector('h1').textContent === 'Enough now?'`);
    await page.click('#turn button');
    await holds(page, `document.querySelector('#turn button').value === 'open'`);
    await page.click('details:nth-of-type(2) summary');
    await page.click('#delete button');
    await page.waitForURL(/\/apps\/poll$/);
    await context.close();
  });
});
