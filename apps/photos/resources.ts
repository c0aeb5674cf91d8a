import { bucket, table } from 'skein';
import { z } from 'zod';

/** What people send, until it is looked at. Its keys are those of `keyOf`. */
export const uploads = bucket('photo-uploads');
/** What is shown: `<owner>/<id>/<variant>`. */
export const pictures = bucket('photo-pictures');

export const VARIANTS = ['thumbnail', 'medium', 'webp'] as const;
export type VariantName = (typeof VARIANTS)[number];

const size = { width: z.int(), height: z.int() };
export const variant = z.object({ type: z.string(), ...size, bytes: z.int() });
/** A picture as it is seen, and where its variants are. */
export const picture = z.object({ ...size, variants: z.record(z.enum(VARIANTS), variant) });
export type Picture = z.infer<typeof picture>;

const about = { title: z.string(), createdAt: z.iso.datetime() };

/** How far a picture has come. Only its owner sees it, until it is published. */
const photo = z.discriminatedUnion('state', [
  z.object({ ...about, state: z.literal('waiting') }),
  z.object({ ...about, state: z.literal('checking'), etag: z.string(), since: z.iso.datetime() }),
  z.object({ ...about, state: z.literal('published') }),
  z.object({ ...about, state: z.literal('refused'), reason: z.string() }),
  z.object({ ...about, state: z.literal('deleted') }),
]);
export type Photo = z.infer<typeof photo>;

const shown = z.object({ ...about, state: z.literal('shown'), owner: z.string(), ...picture.shape });
export type Shown = z.infer<typeof shown>;

/**
 * One partition, so that what changes together is one transaction. `owned/<owner>/<id>` is a photo on its way, for its owner, and
 * `shown/<id>` what everybody sees, which is there as long as the photo is published.
 */
export const album = table('photo-album', { document: z.union([photo, shown]) });

/** An owner is the hash of a token that only the owner has. */
export const place = z.object({ owner: z.string().regex(/^[\w-]{43}$/), id: z.string() });
export type Place = z.infer<typeof place>;

const TIME = 36 ** 9 - 1;
const ID = /^[0-9a-z]{9}-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const KEY = /^([\w-]{43})\/(.{46})$/;

/** 122 random bits behind a time that runs backwards: what is newest is listed first. */
export function newId(now = Date.now()): string {
  return `${(TIME - now).toString(36).padStart(9, '0')}-${crypto.randomUUID()}`;
}

export function isId(text: string): boolean {
  return ID.test(text);
}

export function keyOf({ owner, id }: Place): string {
  return `${owner}/${id}`;
}

/** `undefined` for a key that no picture has. */
export function placeOf(key: string): Place | undefined {
  const [, owner, id] = KEY.exec(key) ?? [];
  return owner !== undefined && id !== undefined && isId(id) ? { owner, id } : undefined;
}

export function variantKey(place: Place, name: VariantName): string {
  return `${keyOf(place)}/${name}`;
}
