import type { Context, Hono } from 'hono';
import { describe, Failure, http } from 'skein';
import { z } from 'zod';
import { bearerOf, hashOf, randomId } from '../owner-token.ts';
import { askedOf } from './asked.ts';
import { type Desk, deskOf, type PhotosOptions, usesOf } from './desk.ts';
import type { Images } from './images.ts';
import { pageRoutes } from './page-routes.tsx';
import type { Pipeline } from './pipeline.ts';
import { type Shown, VARIANTS } from './resources.ts';

const state = z.enum(['waiting', 'checking', 'published', 'refused']);
const told = z.object({
  ...{ id: z.string(), title: z.string(), createdAt: z.string(), state },
  reason: z.string().optional(),
  progress: z.object({ done: z.int(), total: z.int() }).optional(),
});
const variantShown = z.object({ url: z.string(), type: z.string(), width: z.int(), height: z.int(), bytes: z.int() });
const published = z.object({
  ...{
    id: z.string(),
    title: z.string(),
    createdAt: z.string(),
    state: z.literal('published'),
    width: z.int(),
    height: z.int(),
  },
  variants: z.object(Object.fromEntries(VARIANTS.map((name) => [name, variantShown]))),
});

const OWNER = "With the owner's token: `Authorization: Bearer <owner>`.";
const notFound = { description: 'A problem: no such photo, or none that is yours.' };

const describedFor = (images: Images) => ({
  create: describe({
    summary: 'Upload a picture: ask where to',
    description: `Answers a signed request: send the file by it, and its arrival starts the run that checks and publishes it. ${OWNER} Without one there is a new owner.`,
    body: askedOf(images),
    responses: {
      201: {
        description: '`owner` is told once, to a new owner.',
        schema: z.object({
          id: z.string(),
          owner: z.string().optional(),
          url: z.string(),
          upload: z.object({
            url: z.string(),
            method: z.string(),
            headers: z.record(z.string(), z.string()),
            expiresAt: z.string(),
          }),
        }),
      },
      429: { description: 'A problem: too many; `Retry-After` says when to come again.' },
    },
  }),
  gallery: describe({
    summary: 'Published pictures, the newest first',
    query: z.object({ cursor: z.string().optional() }),
    responses: {
      200: { description: 'A page', schema: z.object({ items: z.array(published), next: z.string().optional() }) },
    },
  }),
  own: describe({
    summary: "An owner's photos, the newest 50",
    description: OWNER,
    responses: { 200: { description: 'With the state of each', schema: z.object({ items: z.array(told) }) } },
  }),
  read: describe({
    summary: 'A photo',
    description: `Published, it is everybody's. ${OWNER} So its owner sees how far it has come, and why it was refused.`,
    responses: { 200: { description: 'The photo', schema: z.union([told, published]) }, 404: notFound },
  }),
  variant: describe({
    summary: 'The picture itself',
    description: `One of ${VARIANTS.map((name) => `\`${name}\``).join(', ')}.`,
    responses: { 200: { description: 'An image' }, 404: notFound },
  }),
  remove: describe({
    summary: 'Delete your photo',
    description: OWNER,
    responses: { 204: { description: 'Gone.' }, 404: notFound },
  }),
  takeDown: describe({
    summary: "Delete anybody's photo",
    responses: { 204: { description: 'Gone.' } },
    public: false,
  }),
});

/** The service and its pages. */
export function routesOf(images: Images, pipeline: Pipeline, options: PhotosOptions) {
  return http('photos', {
    uses: usesOf(pipeline),
    routes: (api, stores) => {
      const desk = deskOf(stores, options);
      apiRoutes(api, desk, images);
      pageRoutes(api, desk, images);
      return api;
    },
  });
}

function apiRoutes(api: Hono, desk: Desk, images: Images): void {
  const described = describedFor(images);

  api.post('/photos', described.create, async (c) => {
    const known = c.req.header('authorization') === undefined ? undefined : requireBearer(c);
    const token = known ?? randomId();
    const { id, upload } = await desk.create(c, await hashOf(token), c.req.valid('json'));
    const url = new URL(`/photos/${id}`, c.req.url).href;
    const headers = { location: url, 'cache-control': 'no-store' };
    return c.json({ id, ...(known === undefined && { owner: token }), url, upload }, 201, headers);
  });
  api.get('/photos', described.gallery, async (c) => {
    const { items, next } = await desk.gallery(c.req.valid('query').cursor);
    return c.json({ items: items.map(({ id, ...photo }) => toPublished(c, id, photo)), next }, 200, {
      'cache-control': 'no-cache',
    });
  });
  api.get('/photos/own', described.own, async (c) =>
    c.json({ items: await desk.owned(await hashOf(requireBearer(c))) }, 200, { 'cache-control': 'no-store' }),
  );
  api.get('/photos/:id', described.read, async (c) => {
    const id = c.req.param('id');
    const token = bearerOf(c);
    c.header('cache-control', 'no-store');
    if (token !== undefined) {
      const photo = await desk.own({ owner: await hashOf(token), id });
      if (photo !== undefined && photo.state !== 'published') return c.json(photo);
    }
    return c.json(toPublished(c, id, await desk.shown(id)));
  });
  api.get('/photos/:id/:variant', described.variant, async (c) => {
    const { body, size, etag, contentType } = await desk.variant(c.req.param('id'), c.req.param('variant'));
    const headers = {
      'content-type': contentType,
      'content-length': String(size),
      etag: `"${etag}"`,
      // For as long as a deleted picture may be seen by those who have seen it.
      'cache-control': 'private, max-age=3600',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    };
    if (c.req.header('if-none-match') !== headers.etag) return c.body(body, 200, headers);
    await body.cancel();
    return c.body(null, 304, headers);
  });
  api.delete('/photos/:id', described.remove, async (c) => {
    await desk.remove({ owner: await hashOf(requireBearer(c)), id: c.req.param('id') });
    return c.body(null, 204);
  });
  api.post('/photos/:id/take-down', described.takeDown, async (c) => {
    const id = c.req.param('id');
    await desk.remove({ owner: (await desk.shown(id)).owner, id });
    return c.body(null, 204);
  });
}

/** As everybody sees it: of its owner nothing. */
function toPublished(c: Context, id: string, { title, createdAt, width, height, variants }: Shown) {
  const urlOf = (name: string) => new URL(`/photos/${id}/${name}`, c.req.url).href;
  const all = Object.entries(variants).map(([name, variant]) => [name, { url: urlOf(name), ...variant }]);
  const state = 'published' as const;
  return { id, title, createdAt, state, width, height, variants: Object.fromEntries(all) };
}

function requireBearer(c: Context): string {
  const token = bearerOf(c);
  if (token !== undefined) return token;
  throw new Failure({ name: 'Unauthorized', message: "this needs the owner's token: Authorization: Bearer <token>" });
}
