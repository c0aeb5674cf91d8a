import type { Context } from 'hono';
import type { Clients, SignedUrl } from 'skein';
import { isNamed } from '../is-named.ts';
import { type Rate, rateLimit } from '../limits.ts';
import { networkOf } from '../network.ts';
import { albumOf, idOf, noPhoto } from './album.ts';
import { runOf } from './arrival.ts';
import type { ImageType } from './images.ts';
import type { Pipeline } from './pipeline.ts';
import {
  album,
  isId,
  keyOf,
  type Photo,
  type Place,
  pictures,
  type Shown,
  uploads,
  VARIANTS,
  type VariantName,
  variantKey,
} from './resources.ts';

export interface PhotosOptions {
  /** New photos of one owner. @default 60 at once, then 0.2 a second */
  readonly ownerRate?: Rate;
  /** New photos from one address, which a whole company may share. @default 300 at once, then 1 a second */
  readonly addressRate?: Rate;
}

/** What its owner is told of a photo. */
export interface Told {
  readonly id: string;
  readonly title: string;
  readonly createdAt: string;
  readonly state: Exclude<Photo['state'], 'deleted'>;
  /** Why it was refused. */
  readonly reason?: string;
  /** Of the run, while it is checked. */
  readonly progress?: { readonly done: number; readonly total: number };
}

export interface Asked {
  readonly title: string;
  readonly type: ImageType;
  readonly bytes: number;
}

/** Seconds that an upload's URL is good for. */
const UPLOAD_SECONDS = 900;
/** Photos on one page of the gallery. */
const PAGE = 24;

export const usesOf = (pipeline: Pipeline) => ({
  table: album.all,
  uploads: uploads.write,
  pictures: pictures.all,
  runs: pipeline.read,
});
type Stores = Clients<ReturnType<typeof usesOf>>;

/** Everything that the routes and the pages do, with its limits. */
export type Desk = ReturnType<typeof deskOf>;

export function deskOf({ table, uploads, pictures, runs }: Stores, options: PhotosOptions) {
  const { ownerRate = { burst: 60, perSecond: 0.2 } } = options;
  const { addressRate = { burst: 300, perSecond: 1 } } = options;
  const album = albumOf(table);
  const limits = {
    owner: rateLimit('new photos', ownerRate),
    address: rateLimit('new photos from this address', addressRate),
  };

  const told = async (id: string, photo: Photo): Promise<Told | undefined> => {
    if (photo.state === 'deleted') return undefined;
    const { title, createdAt, state } = photo;
    const run = state === 'checking' ? await runs.status(runOf(id)) : undefined;
    return {
      ...{ id, title, createdAt, state },
      ...(photo.state === 'refused' && { reason: photo.reason }),
      ...(run !== undefined && { progress: run.progress }),
    };
  };
  return {
    /** An owner's photo; `undefined` where there is none, or it is another's. */
    async own(place: Place): Promise<Told | undefined> {
      const found = isId(place.id) ? await album.find(place) : undefined;
      return found && told(place.id, found.value);
    },
    /** @returns a photo that waits for its upload, and where to send that. */
    async create(c: Context, owner: string, { title, type, bytes }: Asked): Promise<{ id: string; upload: SignedUrl }> {
      limits.address(networkOf(c));
      limits.owner(owner);
      const id = await album.create(owner, title);
      const signed = await uploadUrl(uploads, keyOf({ owner, id }), type, bytes);
      return { id, upload: { ...signed, url: new URL(signed.url, c.req.url).href } };
    },
    /** What an owner has, the newest first. */
    async owned(owner: string): Promise<Told[]> {
      const { items } = await album.owned(owner);
      const photos = await Promise.all(items.map((document) => told(idOf(document), document.value)));
      return photos.filter((photo) => photo !== undefined);
    },
    async gallery(cursor: string | undefined) {
      const { items, next } = await album.gallery(PAGE, cursor);
      return { items: items.map((document) => ({ id: idOf(document), ...document.value })), next };
    },
    /** @throws `NotFound` */
    shown: async (id: string): Promise<Shown> => {
      if (!isId(id)) throw noPhoto();
      return album.shown(id);
    },
    /** The bytes of a variant. @throws `NotFound` */
    async variant(id: string, name: string) {
      if (!isId(id) || !isVariant(name)) throw noPhoto();
      const { owner } = await album.shown(id);
      const object = await pictures.get(variantKey({ owner, id }, name));
      if (object === undefined) throw noPhoto();
      return object;
    },
    /** Of an owner the own photo alone; whoever is not its owner is told that there is none. @throws `NotFound` */
    async remove(place: Place): Promise<void> {
      if (!isId(place.id)) throw noPhoto();
      await album.remove(place);
      for (const name of VARIANTS) await pictures.delete(variantKey(place, name));
      await uploads.delete(keyOf(place));
    },
    /** Where the origin of uploads is not this one: what a page's policy has to allow. */
    async uploadOrigin(c: Context): Promise<string[]> {
      const { url } = await uploads.uploadUrl('origin');
      const { origin } = new URL(url, c.req.url);
      return origin === new URL(c.req.url).origin ? [] : [origin];
    },
  };
}

/** A URL for just this many bytes where the room can have that; the pipeline looks at the size in any case. */
async function uploadUrl(
  uploads: Stores['uploads'],
  key: string,
  contentType: string,
  bytes: number,
): Promise<SignedUrl> {
  const options = { contentType, expires: UPLOAD_SECONDS };
  try {
    return await uploads.uploadUrl(key, { ...options, bytes });
  } catch (error) {
    if (!isNamed(error, 'Unsupported')) throw error;
    return uploads.uploadUrl(key, options);
  }
}

function isVariant(name: string): name is VariantName {
  return (VARIANTS as readonly string[]).includes(name);
}
