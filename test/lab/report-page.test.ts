import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { printReport } from '../../loadtests/lab/print/report.ts';
import { summarise } from '../../loadtests/lab/summary/summarise.ts';
import {
  type Browser,
  expectNoScroll,
  hasChromium,
  inChromium,
  loadAxe,
  openChromium,
  type Page,
} from '../support/chromium.ts';
import { temporary } from '../support/server.ts';
import { made, setting, ZERO } from './made-case.ts';

describe.skipIf(!hasChromium)(inChromium('the report in Chromium'), () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
  });

  const report = async (width: number): Promise<Page> => {
    const { events, ...rest } = made();
    const late = { at: ZERO + 8000, kind: 'fault', fault: 'throttled to 4/s' } as const;
    const file = join(temporary(), 'report.html');
    writeFileSync(file, printReport(summarise(setting, [{ ...rest, events: [...events, late] }])));
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    await page.goto(pathToFileURL(file).href);
    return page;
  };

  test.each([1280, 390])('is accessible, and as wide as the screen: %d', async (width) => {
    const page = await report(width);
    await loadAxe(page);
    const broken = await page.evaluate<{ id: string; nodes: string[] }[]>(
      `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html.slice(0, 120)) })))`,
    );
    expect(broken).toEqual([]);
    await expectNoScroll(page, width);
    await page.close();
  });

  test('reads out each second to the arrow keys, and hides what is not wanted', async () => {
    const page = await report(1280);
    await page.evaluate(`document.getElementById('figure').focus()`);
    for (let k = 0; k < 5; k++) await page.keyboard.press('ArrowRight');
    const reading = `document.getElementById('reading')`;
    expect(await page.evaluate(`${reading}.textContent`)).toBe('4 sright/sfailed/sp95instancesscale-set02100 ms1');
    await page.keyboard.press('Escape');
    expect(await page.evaluate(`${reading}.hidden`)).toBe(true);
    const shown = `[...document.querySelectorAll('svg [data-target="scale-set"]')].filter((one) => one.style.display !== 'none').length`;
    expect(await page.evaluate(shown)).toBeGreaterThan(3);
    await page.click('#targets input');
    expect(await page.evaluate(shown)).toBe(0);
    await page.close();
  });

  test('what it reads out is on the screen, however narrow that is and wherever the figure was scrolled to', async () => {
    const page = await report(360);
    const figure = `document.getElementById('figure')`;
    const box = `document.getElementById('reading').getBoundingClientRect()`;
    await page.evaluate(`${figure}.focus()`);
    for (let k = 0; k < 10; k++) {
      await page.keyboard.press('ArrowRight');
      const [left, right] = await page.evaluate<[number, number]>(`[${box}.left, ${box}.right]`);
      expect([left >= 0, right <= 360]).toEqual([true, true]);
    }
    expect(await page.evaluate<number>(`${figure}.scrollLeft`)).toBeGreaterThan(0);
    await page.keyboard.press('Escape');
    // As a finger does.
    const tap = ['pointerdown', 'pointerleave'].map(
      (kind) =>
        `${figure}.dispatchEvent(new PointerEvent('${kind}', { pointerType: 'touch', clientX: 200, clientY: 250 }));`,
    );
    await page.evaluate(tap.join(''));
    expect(await page.evaluate(`document.getElementById('reading').hidden`)).toBe(false);
    const [left, right] = await page.evaluate<[number, number]>(`[${box}.left, ${box}.right]`);
    expect([left >= 0, right <= 360]).toEqual([true, true]);
    await page.close();
  });
});
