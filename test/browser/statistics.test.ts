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
  VIEWS,
  type ViewOptions,
} from '../support/chromium.ts';
import { ROOT, type Server, startServer, until } from '../support/server.ts';

const title = inChromium('statistics in Chromium');

const POISONED = join(ROOT, 'test/apps/programs/statistics-poison.ts');

const REQUESTS = '[data-queue=statistics-requests]';
const CELLS = `[...document.querySelectorAll('#answer td')].map((cell) => cell.textContent)`;

describe.skipIf(!hasChromium)(title, () => {
  let server: Server;
  let browser: Browser;

  beforeAll(async () => {
    await mkdir(PICTURES, { recursive: true });
    server = await startServer({ module: POISONED });
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
    await page.addInitScript(COUNT_SHIFTS);
    await page.goto(`${server.url}${path}`);
    const picture = (name: string) => page.screenshot({ path: `${PICTURES}${name}.png`, fullPage: true });
    return { page, errors, picture };
  };

  const inspect = async (page: Page, width: number): Promise<void> => {
    await expectNoScroll(page, width);
    await loadAxe(page);
    const found = await page.evaluate<{ readonly impact: string }[]>(
      `axe.run().then(({ violations }) => violations.map(({ id, impact }) => ({ id, impact })))`,
    );
    expect(found.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  };

  /** The cells as soon as they hold an answer. */
  const answerIn = (page: Page): Promise<string[]> =>
    until(async () => {
      const cells = await page.evaluate<string[]>(CELLS);
      return cells.includes('–') ? undefined : cells;
    });

  for (const [size, view] of Object.entries(VIEWS)) {
    test(`the answer comes without a page load, on a ${size}`, async () => {
      const { page, errors, picture } = await visit('/apps/statistics', view);
      await page.evaluate('window.loaded = 1');
      await page.click('#ask button');
      expect(await answerIn(page)).toEqual(['-7', '2452', '4.5', '251.2']);
      expect(await page.textContent('#status')).toBe('10 numbers.');
      await page.fill('#numbers', '1 1 2');
      await page.click('#ask button');
      expect(await answerIn(page)).toEqual(['1', '2', '1', '1.3333333333']);
      expect(await page.textContent('#status')).toBe('3 numbers. The mean is rounded to 10 decimals.');
      await page.fill('#numbers', `[4, 5, 2, 35, 2452]`);
      await page.click('#ask button');
      expect(await answerIn(page)).toEqual(['2', '2452', '5', '499.6']);
      expect(await page.evaluate<number>('window.loaded')).toBe(1);
      expect(await page.evaluate<number>('window.shifts')).toBeLessThan(0.001);
      await picture(`statistics-${size}`);
      await inspect(page, view.viewport.width);
      expect(errors).toEqual([]);
      await page.close();
    });

    test(`a number that is none is shown, on a ${size}`, async () => {
      const { page, errors, picture } = await visit('/apps/statistics', view);
      await page.fill('#numbers', '4, 5, two, 35');
      await page.click('#ask button');
      await page.waitForSelector('#status.alarm');
      expect(await page.textContent('#status')).toMatch(/^Number 3: "two" must be a whole number/);
      expect(await page.evaluate<string>('getSelection().toString()')).toBe('two');
      expect(await page.evaluate<string>(`document.activeElement.getAttribute('aria-invalid')`)).toBe('true');
      await picture(`statistics-refused-${size}`);
      await inspect(page, view.viewport.width);
      expect(errors).toEqual([]);
      await page.close();
    });
  }

  test('long numbers stay within a phone', async () => {
    const { page, picture } = await visit('/apps/statistics', VIEWS.phone);
    await page.fill('#numbers', `${'9'.repeat(100)}, -${'8'.repeat(100)}`);
    await page.click('#ask button');
    expect((await answerIn(page))[1]).toBe('9'.repeat(100));
    await picture('statistics-long-phone');
    await inspect(page, VIEWS.phone.viewport.width);
    await page.close();
  });

  test('it works without a script', async () => {
    const { page } = await visit('/apps/statistics', { ...VIEWS.phone, javaScriptEnabled: false });
    await page.click('#ask button');
    await page.waitForURL(/\/apps\/statistics\/answers\//);
    const answer = new URL(page.url()).pathname;
    // The page loads itself again until it has the answer.
    const html = await until(async () => {
      const text = (await page.textContent('#answer')) ?? '';
      return text.includes('–') ? undefined : text;
    });
    expect(html).toBe('Min-7Max2452Median4.5Mean251.2');
    expect(new URL(page.url()).pathname).toBe(answer);
    await page.fill('#numbers', '4, five');
    await page.click('#ask button');
    await page.waitForSelector('#status.alarm');
    expect(await page.textContent('#status')).toMatch(/^Number 2: "five" must be a whole number/);
    expect(await page.evaluate<string>(`document.getElementById('numbers').value`)).toBe('4, five');
    await page.goto(`${server.url}/apps/statistics/answers/${crypto.randomUUID()}`);
    expect(await page.textContent('#status')).toMatch(/^There is no such answer/);
    await page.close();
  });

  for (const [size, view] of Object.entries(VIEWS))
    test(`dead letters want a login, are listed and put back, on a ${size}`, async () => {
      const { page, errors, picture } = await visit('/apps/statistics/dead', view);
      await page.waitForSelector(`${REQUESTS} output a`);
      await picture(`statistics-dead-login-${size}`);
      await page.click(`${REQUESTS} output a`);
      await page.fill('#key', server.key);
      await page.click('form button');
      await page.waitForURL(/\/apps\/statistics\/dead$/);
      const said = (words: RegExp) =>
        until(async () => words.test((await page.textContent(`${REQUESTS} output`)) ?? '') || undefined);
      await said(/^No dead letters\.|^\d+ dead letters/);
      const poison = { method: 'POST', body: '{"numbers":["<b>none</b>"]}' };
      for (let n = 0; n < 12; n++) await server.request('/poison', poison);
      await until(async () => {
        const { items } = await server.json<{ items: { name: string; dead: number; ready: number }[] }>('/queues');
        const queue = items.find(({ name }) => name === 'statistics-requests')!;
        return queue.ready === 0 && queue.dead >= 12 ? true : undefined;
      });
      await page.goto(page.url());
      await said(/^\d\d dead letters, 10 of them shown\./);
      expect(await page.textContent(`${REQUESTS} li`)).toContain('InvalidInput: ');
      expect(await page.textContent(`${REQUESTS} li`)).toContain('<b>none</b>');
      await picture(`statistics-dead-${size}`);
      await inspect(page, view.viewport.width);
      await page.click(`${REQUESTS} button`);
      await said(/^\d\d dead letters put back\. Now: /);
      expect(errors).toEqual([]);
      await page.close();
    });
});
