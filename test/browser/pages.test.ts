import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleText } from '../../apps/word-count/sample.ts';
import {
  type Browser,
  expectNoScroll,
  hasChromium,
  inChromium,
  openChromium,
  type Page,
  PICTURES,
  type ViewOptions,
} from '../support/chromium.ts';
import { countNaively } from '../support/count-words.ts';
import { type Server, startServer } from '../support/server.ts';

const title = inChromium('pages in Chromium');

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;

/** Milliseconds that a count may take on a machine that does much else: its threads alone load an app each. */
const PATIENCE = 100_000;
/** The count is over: a row has a number, or the page says what went wrong. */
const OVER = `/\\d/.test(document.querySelector('#words td').textContent) || document.querySelector('#status.alarm') !== null`;
interface Seen {
  readonly status: string;
  readonly rows: readonly (readonly [word: string, count: string])[];
}
const SEEN = `({
  status: document.getElementById('status').textContent,
  rows: [...document.getElementById('words').rows].map((row) => [...row.cells].map((cell) => cell.textContent)),
})`;

describe.skipIf(!hasChromium)(title, () => {
  let server: Server;
  let browser: Browser;

  beforeAll(async () => {
    await mkdir(PICTURES, { recursive: true });
    server = await startServer();
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const visit = async (
    path: string,
    viewport: ViewOptions['viewport'],
  ): Promise<{ page: Page; errors: readonly string[] }> => {
    const page = await browser.newPage({ viewport });
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`${server.url}${path}`);
    return { page, errors };
  };

  for (const [size, viewport] of Object.entries(SIZES))
    for (const [name, path, act, shows] of [
      ['home', '/', undefined, 'a[href="/apps/word-count"]'],
      ['integral', '/apps/integral', 'form button', 'table td'],
      ['word-count', '/apps/word-count', 'form button', 'table td'],
    ] as const)
      test(`${name} on a ${size}`, async () => {
        const { page, errors } = await visit(path, viewport);
        if (act !== undefined) await page.click(act);
        await page.waitForSelector(shows);
        await page.screenshot({ path: `${PICTURES}${name}-${size}.png`, fullPage: true });
        await expectNoScroll(page, viewport.width);
        expect(errors).toEqual([]);
        await page.close();
      });

  test('word-count counts its sample', { timeout: PATIENCE + 20_000 }, async () => {
    const { page, errors } = await visit('/apps/word-count', SIZES.desktop);
    await page.click('#sample');
    await page.click('form [type=submit]');
    // Where the time is over, the page's own words say how far it came.
    await page.waitForFunction(OVER, undefined, { timeout: PATIENCE, polling: 100 }).catch(() => undefined);
    const seen = await page.evaluate<Seen>(SEEN);
    await page.screenshot({ path: `${PICTURES}word-count-counted.png`, fullPage: true });
    await page.close();
    const counts = countNaively({ sample: sampleText }, 'T2').toString().trimEnd().split('\n');
    expect(seen.status).toMatch(new RegExp(`^\\d+ words in one text, ${counts.length} of them different\\.$`));
    for (const [word, count] of seen.rows) expect(counts).toContain(`${word}\t${count}`);
    expect(seen.rows).toHaveLength(20);
    expect(errors).toEqual([]);
  });
});
