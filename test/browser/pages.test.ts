import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Server, startServer } from '../support/server.ts';

const TOOL = new URL('../../tools/browser/', import.meta.url);
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ready = existsSync(new URL('node_modules/playwright-core', TOOL)) && existsSync(CHROMIUM);
const title = ready
  ? 'pages in Chromium'
  : 'SKIPPED pages in Chromium: npm run tools:browser, and apt-get install chromium';

/** The little of playwright-core that is used here: it is not installed where types are checked. */
interface Page {
  goto(url: string): Promise<unknown>;
  click(selector: string): Promise<void>;
  waitForSelector(selector: string): Promise<unknown>;
  screenshot(options: { path: string; fullPage: boolean }): Promise<unknown>;
  evaluate<T>(script: string): Promise<T>;
  on(event: 'pageerror', listener: (error: Error) => void): void;
  close(): Promise<void>;
}
interface Browser {
  newPage(options: { viewport: { width: number; height: number } }): Promise<Page>;
  close(): Promise<void>;
}
interface Playwright {
  readonly chromium: { launch(options: { executablePath: string; args: readonly string[] }): Promise<Browser> };
}

/** Where the pictures go, for people to look at. */
const PICTURES = new URL('../../.skein/pictures/', import.meta.url).pathname;
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;

describe.skipIf(!ready)(title, () => {
  let server: Server;
  let browser: Browser;

  beforeAll(async () => {
    const { chromium } = createRequire(TOOL)('playwright-core') as Playwright;
    await mkdir(PICTURES, { recursive: true });
    server = await startServer();
    const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];
    browser = await chromium.launch({ executablePath: CHROMIUM, args });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  for (const [size, viewport] of Object.entries(SIZES))
    for (const [name, path, act, shows] of [
      ['home', '/', undefined, 'a[href="/apps/word-count"]'],
      ['integral', '/apps/integral', 'form button', 'table td'],
      ['word-count', '/apps/word-count', 'form button', 'table td'],
    ] as const)
      test(`${name} on a ${size}`, async () => {
        const page = await browser.newPage({ viewport });
        const errors: string[] = [];
        page.on('pageerror', (error) => errors.push(error.message));
        await page.goto(`${server.url}${path}`);
        if (act !== undefined) await page.click(act);
        await page.waitForSelector(shows);
        await page.screenshot({ path: `${PICTURES}${name}-${size}.png`, fullPage: true });
        expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width);
        expect(errors).toEqual([]);
        await page.close();
      });
});
