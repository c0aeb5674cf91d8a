import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

const TOOL = new URL('../../tools/browser/', import.meta.url);
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const hasChromium = existsSync(new URL('node_modules/playwright-core', TOOL)) && existsSync(CHROMIUM);
export const CHROMIUM_WANTED = 'npm run tools:browser, and apt-get install chromium';

/** The little of playwright-core that is used here: it is not installed where types are checked. */
interface Page {
  goto(url: string): Promise<unknown>;
  waitForSelector(selector: string): Promise<unknown>;
  evaluate<T>(script: string): Promise<T>;
  screenshot(options: { path: string; fullPage?: boolean }): Promise<unknown>;
  on(event: 'pageerror', listener: (error: Error) => void): void;
  close(): Promise<void>;
}
export interface Browser {
  newPage(options: { viewport: { readonly width: number; readonly height: number } }): Promise<Page>;
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
