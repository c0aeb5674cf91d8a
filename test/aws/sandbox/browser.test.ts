import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, hasChromium, inChromium, openChromium, type Page, VIEWS } from '../../support/chromium.ts';
import { childEnv, follow, ROOT, temporary, until } from '../../support/server.ts';
import { hasSandboxes, PATIENCE, SANDBOXES_WANTED } from './opened.ts';

interface File {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}
type Picking = Page & { setInputFiles(selector: string, files: readonly File[]): Promise<void> };

const title = inChromium('photos in Chromium, on skein dev --room aws');

describe.skipIf(!hasChromium || !hasSandboxes)(hasSandboxes ? title : `SKIPPED ${title}: ${SANDBOXES_WANTED}`, () => {
  let browser: Browser;
  let url: string;
  let stop: () => Promise<unknown>;

  beforeAll(async () => {
    const module = 'apps/photos/index.ts';
    const args = [
      'cli/skein.ts',
      'dev',
      '--room',
      'aws',
      '--module',
      module,
      '--data',
      temporary(),
      '--port',
      '0',
      '--json',
    ];
    const child = spawn(process.execPath, args, { cwd: ROOT, env: childEnv() });
    const ended = follow(child);
    const early = ended.then(({ stderr }) => Promise.reject(new Error(stderr)));
    early.catch(() => undefined);
    const [line] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), early])) as [string];
    url = (JSON.parse(line) as { url: string }).url;
    stop = () => {
      child.kill('SIGTERM');
      return ended;
    };
    browser = await openChromium();
  }, PATIENCE);
  afterAll(async () => {
    await browser?.close();
    await stop?.();
  });

  const picture = async (name: string, background: string): Promise<File> => {
    const create = { width: 1200, height: 800, channels: 3, background } as const;
    return { name, mimeType: 'image/jpeg', buffer: await sharp({ create }).jpeg().toBuffer() };
  };

  test.each(['127.0.0.1', 'photos.localhost'])(
    'a page at %s uploads to the bucket itself, and the picture is published',
    async (host) => {
      const page = (await browser.newPage(VIEWS.desktop)) as Picking;
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => {
        if (/CORS|Content Security Policy|Refused to/i.test(message.text())) errors.push(message.text());
      });
      await page.goto(new URL('/apps/photos', url.replace('127.0.0.1', host)).href);
      const notes = { name: 'notes.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') };
      await page.setInputFiles('[name=files]', [await picture('Harbour.jpg', '#3377bb'), notes]);
      await page.click('#upload button');
      const done = `!document.querySelector('#upload button').disabled`;
      await until(async () => (await page.evaluate<boolean>(done)) || undefined);
      const states = await page.evaluate<string[]>(
        `[...document.querySelectorAll('#own .state')].map((one) => one.textContent)`,
      );
      expect(errors).toEqual([]);
      expect(states.toSorted()).toEqual(['Published', expect.stringMatching(/^Refused: /)]);
      await page.click('#status a');
      await page.waitForSelector('#gallery img');
      const seen = `[...document.querySelectorAll('#gallery img')].every((one) => one.complete && one.naturalWidth === 480)`;
      await until(async () => (await page.evaluate<boolean>(seen)) || undefined);
      expect(errors).toEqual([]);
      await page.close();
    },
    PATIENCE,
  );
});
