import type { Context, Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { Failure, readJson } from 'skein';
import { dress, remember, requireOwnPage } from '../dress.ts';
import { isNamed } from '../is-named.ts';
import { hashOf, isRandomId, randomId } from '../owner-token.ts';
import { askedOf } from './asked.ts';
import type { Desk } from './desk.ts';
import type { Images } from './images.ts';
import { GalleryPage, NoPhotoPage, PhotoPage } from './page.tsx';
import { script } from './script.ts';
import { style } from './style.ts';

const GALLERY = '/apps/photos/gallery';
const COOKIE = 'photos-owner';

/** The app's page has nothing that a table or a bucket would have to be asked for. */
export function firstPage(c: Context): Response {
  return c.redirect(GALLERY);
}

/** The pages, and what their script asks for. Whoever comes with a browser is known by its cookie. */
export function pageRoutes(api: Hono, desk: Desk, images: Images): void {
  const asked = askedOf(images);
  api.get('/apps/photos/style.css', (c) => c.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }));
  api.get('/apps/photos/page.js', (c) => c.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8' }));

  api.get(GALLERY, async (c) => {
    const cursor = c.req.query('cursor');
    // Before the first upload: two at once would else make two owners of one browser.
    const token = tokenOf(c) ?? randomId();
    remember(c, '/apps/photos', COOKIE, token);
    const owner = await hashOf(token);
    const [{ items, next }, own, origins] = await Promise.all([
      desk.gallery(cursor),
      desk.owned(owner),
      desk.uploadOrigin(c),
    ]);
    dress(c, origins);
    const page = { items, next, own, owner, first: cursor === undefined, capabilities: images.capabilities };
    return c.html(<GalleryPage {...page} />);
  });

  api.post('/apps/photos/uploads', async (c) => {
    requireOwnPage(c);
    const owner = await requireOwner(c);
    const given = asked.safeParse(await readJson(c.req.raw));
    if (!given.success) {
      const [{ path, message }] = given.error.issues as [(typeof given.error.issues)[number]];
      const field = String(path[0] ?? 'body');
      throw new Failure({ name: 'InvalidInput', message: `${field}: ${message}`, data: { field } });
    }
    const { id, upload } = await desk.create(c, owner, given.data);
    return c.json({ id, upload }, 201, { 'cache-control': 'no-store' });
  });
  api.get('/apps/photos/own', async (c) => {
    const owner = await ownerOf(c);
    return c.json({ items: owner === undefined ? [] : await desk.owned(owner) }, 200, { 'cache-control': 'no-store' });
  });

  api.get('/apps/photos/:id', async (c) => {
    const id = c.req.param('id');
    dress(c);
    try {
      const photo = await desk.shown(id);
      return c.html(<PhotoPage id={id} photo={photo} mine={photo.owner === (await ownerOf(c))} />);
    } catch (error) {
      if (isNamed(error, 'NotFound')) return c.html(<NoPhotoPage />, 404);
      throw error;
    }
  });
  api.post('/apps/photos/:id/delete', async (c) => {
    requireOwnPage(c);
    await desk.remove({ owner: await requireOwner(c), id: c.req.param('id') });
    return c.redirect(GALLERY, 303);
  });
}

function tokenOf(c: Context): string | undefined {
  const token = getCookie(c, COOKIE);
  return isRandomId(token) ? token : undefined;
}

async function ownerOf(c: Context): Promise<string | undefined> {
  const token = tokenOf(c);
  return token === undefined ? undefined : hashOf(token);
}

/** @throws `Unauthorized` */
async function requireOwner(c: Context): Promise<string> {
  const owner = await ownerOf(c);
  if (owner !== undefined) return owner;
  throw new Failure({ name: 'Unauthorized', message: 'allow the cookie of this page, and load it again' });
}
