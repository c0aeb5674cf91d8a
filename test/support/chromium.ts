import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from 'vitest';

const TOOL = new URL('../../tools/browser/', import.meta.url);
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const AXE = new URL('node_modules/axe-core/axe.min.js', TOOL);

export const hasChromium =
  existsSync(new URL('node_modules/playwright-core', TOOL)) && existsSync(AXE) && existsSync(CHROMIUM);

/** The title of tests that need Chromium, which says so where it is missing. */
export function inChromium(what: string): string {
  return hasChromium ? what : `SKIPPED ${what}: npm run tools:browser, and apt-get install chromium`;
}

/** Where the pictures go, for people to look at. */
export const PICTURES = new URL('../../.skein/pictures/', import.meta.url).pathname;
export const VIEWS = {
  desktop: { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  phone: { viewport: { width: 360, height: 740 }, colorScheme: 'dark' },
} as const;

/** The little of playwright-core that is used here: it is not installed where types are checked. */
export interface Page {
  goto(url: string): Promise<unknown>;
  url(): string;
  click(selector: string): Promise<void>;
  fill(selector: string, text: string): Promise<void>;
  textContent(selector: string): Promise<string | null>;
  waitForSelector(selector: string): Promise<unknown>;
  waitForURL(url: RegExp): Promise<unknown>;
  waitForFunction(script: string, argument: unknown, options: { timeout: number; polling: number }): Promise<unknown>;
  screenshot(options: { path: string; fullPage?: boolean }): Promise<unknown>;
  evaluate<T>(script: string): Promise<T>;
  addInitScript(script: string): Promise<void>;
  readonly keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> };
  on(event: 'pageerror', listener: (error: Error) => void): void;
  on(event: 'console', listener: (message: { text(): string }) => void): void;
  close(): Promise<void>;
}
export interface ViewOptions {
  readonly viewport: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
  readonly javaScriptEnabled?: boolean;
}
interface Context {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}
export interface Browser {
  newPage(options: ViewOptions): Promise<Page>;
  newContext(options: ViewOptions): Promise<Context>;
  close(): Promise<void>;
}
interface Playwright {
  readonly chromium: { launch(options: { executablePath: string; args: readonly string[] }): Promise<Browser> };
}

export async function openChromium(): Promise<Browser> {
  const { chromium } = createRequire(TOOL)('playwright-core') as Playwright;
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];
  return chromium.launch({ executablePath: CHROMIUM, args });
}

/** Sums the layout shifts that no key or click caused: https://web.dev/articles/cls */
export const COUNT_SHIFTS = `window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({ type: 'layout-shift', buffered: true });`;
/** Less than this nobody sees; 0.1 is what is called good. */
export const SHIFT = 0.001;

export async function loadAxe(page: Page): Promise<void> {
  await page.evaluate(`${readFileSync(AXE, 'utf8')}; undefined`);
}

export async function expectNoScroll(page: Page, width: number): Promise<void> {
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
}
