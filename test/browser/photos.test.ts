import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
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

const title = inChromium('photos in Chromium');

interface File {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}
type Picking = Page & { setInputFiles(selector: string, files: readonly File[]): Promise<void> };

const HOSTILE = '<img src=x onerror=document.title=1>';
const LONG = 'The view from the small window over the harbour in the morning, when nobody else was up';

/** A landscape: a sky, a sun and a field, so that somebody who looks at the pictures sees whether they are the right way up. */
async function landscape(name: string, width: number, height: number, hue: number, type = 'jpeg'): Promise<File> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="hsl(${hue},60%,75%)"/>
    <circle cx="75%" cy="25%" r="${height / 8}" fill="#ffd54a"/>
    <rect y="65%" width="100%" height="35%" fill="hsl(${(hue + 120) % 360},40%,40%)"/></svg>`;
  const image = sharp(Buffer.from(svg));
  const buffer = type === 'png' ? await image.png().toBuffer() : await image.jpeg().toBuffer();
  return { name, mimeType: `image/${type}`, buffer };
}

describe.skipIf(!hasChromium)(title, { timeout: 180_000 }, () => {
  let server: Server;
  let browser: Browser;
  let files: readonly File[];

  beforeAll(async () => {
    await mkdir(PICTURES, { recursive: true });
    server = await startServer({ module: join(ROOT, 'apps/photos/index.ts') });
    browser = await openChromium();
    files = [
      await landscape('Harbour.jpg', 1600, 1000, 200),
      await landscape(`${LONG}.jpeg`, 900, 1400, 20),
      await landscape(`${HOSTILE}.png`, 500, 500, 280, 'png'),
    ];
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** A person: a browser with cookies of its own. */
  const person = async (options: ViewOptions, path = '/apps/photos') => {
    const context = await browser.newContext(options);
    const page = (await context.newPage()) as Picking;
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/i.test(message.text())) errors.push(message.text());
    });
    await page.addInitScript(COUNT_SHIFTS);
    await page.goto(new URL(path, server.url).href);
    return { context, page, errors };
  };
  const picture = (page: Page, name: string) => page.screenshot({ path: `${PICTURES}${name}.png`, fullPage: true });
  const holds = (page: Page, expression: string): Promise<true> =>
    until(async () => (await page.evaluate<boolean>(expression)) || undefined);
  const share = async (page: Picking, chosen: readonly File[]): Promise<void> => {
    await page.setInputFiles('[name=files]', chosen);
    await page.click('#upload button');
  };
  const shared = (page: Page) => holds(page, `!document.querySelector('#upload button').disabled`);
  const loaded = (page: Page) =>
    holds(
      page,
      `[...document.images].every((one) => one.loading === 'lazy' || (one.complete && one.naturalWidth > 0))`,
    );

  const inspect = async (page: Page, width: number): Promise<void> => {
    await expectNoScroll(page, width);
    await loadAxe(page);
    const found = await page.evaluate<{ readonly impact: string }[]>(
      `axe.run().then(({ violations }) => violations.map(
        ({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map((node) => node.html.slice(0, 200)) })))`,
    );
    expect(found.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  };

  for (const [size, view] of Object.entries(VIEWS))
    test(`pictures are shared, seen by others and deleted by whose they are, on a ${size}`, async () => {
      const { width } = view.viewport;
      const ada = await person(view);
      await picture(ada.page, `photos-empty-${size}`);
      await inspect(ada.page, width);
      await share(ada.page, [
        ...files,
        { name: 'notes.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') },
      ]);
      await holds(ada.page, `document.querySelector('#own progress') !== null`);
      await picture(ada.page, `photos-under-way-${size}`);
      await inspect(ada.page, width);
      await shared(ada.page);
      const states = await ada.page.evaluate<string[]>(
        `[...document.querySelectorAll('#own .state')].map((one) => one.textContent)`,
      );
      expect(states.toSorted()).toEqual([
        'Published',
        'Published',
        'Published',
        expect.stringMatching(/^Refused: this is no JPEG/),
      ]);
      expect(await ada.page.textContent('#status')).toMatch(/^1 refused, see below\. 3 published\./);
      expect(await ada.page.textContent('main')).not.toContain('No pictures yet');
      expect(await ada.page.textContent('#own [data-state=refused] .state')).toMatch(/^Refused: this is no JPEG/);
      expect(await ada.page.evaluate<number>('window.shifts')).toBeLessThan(SHIFT);
      await picture(ada.page, `photos-done-${size}`);
      await inspect(ada.page, width);

      const grace = await person(view);
      await loaded(grace.page);
      const names = await grace.page.evaluate<string[]>(
        `[...document.querySelectorAll('#gallery .name')].slice(0, 3).map((one) => one.textContent)`,
      );
      // As texts, whatever is in them.
      expect(names.toSorted()).toEqual([LONG, 'Harbour', HOSTILE].toSorted());
      expect(await grace.page.evaluate<number>(`document.querySelectorAll('.mine, #own li').length`)).toBe(0);
      expect(await grace.page.evaluate<string>('document.title')).toBe('Photos');
      expect(await grace.page.evaluate<number>('window.shifts')).toBeLessThan(SHIFT);
      const lazy = `[...document.querySelectorAll('#gallery img')].every((one) => one.width > 0 && one.getAttribute('height'))`;
      expect(await grace.page.evaluate<boolean>(lazy)).toBe(true);

      await ada.page.click('#status a');
      await ada.page.waitForSelector('.mine');
      await loaded(ada.page);
      await picture(ada.page, `photos-gallery-${size}`);
      await inspect(ada.page, width);
      const href = await ada.page.evaluate<string>(
        `[...document.querySelectorAll('#gallery a')].find((one) => one.textContent.includes('<img')).href`,
      );
      for (const { page } of [ada, grace]) {
        await page.goto(href);
        await loaded(page);
        expect(await page.textContent('h1')).toBe(HOSTILE);
        expect(await page.evaluate<string>('document.title')).toBe(HOSTILE);
        expect(await page.evaluate<number>('document.images.length')).toBe(1);
        expect(await page.evaluate<string>('document.images[0].currentSrc')).toMatch(/\/webp$/);
        expect(await page.evaluate<number>('window.shifts')).toBeLessThan(SHIFT);
      }
      expect(await grace.page.evaluate<number>(`document.querySelectorAll('#mine-title').length`)).toBe(0);
      await ada.page.click('summary');
      await picture(ada.page, `photos-one-${size}`);
      await inspect(ada.page, width);
      await ada.page.click('.danger');
      await ada.page.waitForURL(/\/gallery$/);
      await grace.page.goto(href);
      expect(await grace.page.textContent('h1')).toBe('No such photo');
      expect((await server.request(new URL(href).pathname)).status).toBe(404);
      for (const { errors, context } of [ada, grace]) {
        expect(errors).toEqual([]);
        await context.close();
      }
    });

  test('what was under way is told of when the page is loaded again', async () => {
    const { page, context } = await person(VIEWS.phone);
    await share(page, [await landscape('Again.jpg', 3000, 2000, 100)]);
    await holds(page, `document.querySelector('#own [data-id]') !== null`);
    await until(async () => {
      await page.goto(page.url());
      return (await page.evaluate<boolean>(`document.querySelector('#own [data-state]')?.dataset.state !== 'waiting'`))
        ? true
        : undefined;
    });
    await holds(page, `document.querySelector('#own [data-state=published] a') !== null`);
    await context.close();
  });

  test('a refused one is dismissed, and without a script the gallery is there', async () => {
    const { page, context } = await person(VIEWS.phone);
    await share(page, [
      { name: 'empty.png', mimeType: 'image/png', buffer: Buffer.from('\x89PNG\r\n\x1a\n', 'latin1') },
    ]);
    await shared(page);
    await page.goto(page.url());
    await picture(page, 'photos-refused-phone');
    await page.click('#own form button');
    await page.waitForURL(/\/gallery$/);
    await holds(page, `document.querySelector('#own li') === null`);
    await context.close();
    const bare = await person({ ...VIEWS.phone, javaScriptEnabled: false });
    expect(await bare.page.textContent('noscript')).toContain('Uploading needs JavaScript');
    expect(await bare.page.evaluate<number>(`document.querySelectorAll('#gallery img').length`)).toBeGreaterThan(0);
    await bare.context.close();
  });
});
