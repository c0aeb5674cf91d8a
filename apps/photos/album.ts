import { type Clients, type Document, Failure, type Page } from 'skein';
import { isLost } from '../is-named.ts';
import {
  type album as albumTable,
  keyOf,
  newId,
  type Photo,
  type Picture,
  type Place,
  type Shown,
} from './resources.ts';

type Table = Clients<{ table: typeof albumTable.all }>['table'];
type Found = Document<Photo>;

/** What an owner is told of whatever is not the picture's fault. */
export const LOST = 'something went wrong on our side, and nothing of the picture was kept: please try again';
/** Milliseconds that an upload may take, from when its URL is given. */
const UPLOAD_LIFE = 3_600_000;
/** Milliseconds that an owner is told of a refusal, and that a deletion is remembered: longer than any run. */
const MEMORY = 7 * 86_400_000;
/** Of parallel changes of one photo one wins each time. */
const ATTEMPTS = 10;
const PARTITION = 'photos';

const ownedKey = (place: Place) => ({ partition: PARTITION, id: `owned/${keyOf(place)}` });
const shownKey = (id: string) => ({ partition: PARTITION, id: `shown/${id}` });

export type Album = ReturnType<typeof albumOf>;

/** The states of photos, and how one comes from another. */
export function albumOf(table: Table) {
  const find = async (place: Place): Promise<Found | undefined> =>
    (await table.get(ownedKey(place))) as Found | undefined;

  /**
   * Puts what `next` makes of a photo in its place; where that is the same photo, nothing is written.
   *
   * @param shown what everybody sees from then on: `undefined` for nothing.
   * @returns the photo as it is then; `undefined` where there is none.
   */
  const change = async (
    place: Place,
    next: (photo: Photo) => Photo,
    { shown, expiresAt }: { readonly shown?: Shown; readonly expiresAt?: Date } = {},
  ): Promise<Photo | undefined> => {
    for (let n = 0; n < ATTEMPTS; n++) {
      const found = await find(place);
      if (found === undefined) return undefined;
      const value = next(found.value);
      if (value === found.value) return value;
      const life = expiresAt === undefined ? {} : { expiresAt };
      const { id } = shownKey(place.id);
      try {
        await table.transact(PARTITION, [
          { kind: 'replace', id: ownedKey(place).id, value, ifMatch: found.version, ...life },
          shown === undefined ? { kind: 'delete', id } : { kind: 'put', id, value: shown },
        ]);
        return value;
      } catch (error) {
        if (!isLost(error)) throw error;
      }
    }
    throw new Failure({ name: 'Unavailable', message: 'too many changes of this photo at once' });
  };
  const later = (): Date => new Date(Date.now() + MEMORY);

  return {
    find,
    /** @returns the id of a photo that waits for its upload. */
    async create(owner: string, title: string): Promise<string> {
      const id = newId();
      const value: Photo = { title, createdAt: new Date().toISOString(), state: 'waiting' };
      const expiresAt = new Date(Date.now() + 2 * UPLOAD_LIFE);
      await table.create(ownedKey({ owner, id }), value, { expiresAt });
      return id;
    },
    /** The upload has come. @returns the photo as it is then. */
    begin: (place: Place, etag: string): Promise<Photo | undefined> =>
      change(place, (photo) =>
        photo.state === 'waiting' ? { ...photo, state: 'checking', etag, since: new Date().toISOString() } : photo,
      ),
    /** @throws `Withdrawn` where it is not to be published any more. */
    async publish(place: Place, picture: Picture): Promise<void> {
      const found = await find(place);
      if (found?.value.state === 'published') return;
      const { title = '', createdAt = '' } = found?.value ?? {};
      const shown: Shown = { title, createdAt, state: 'shown', owner: place.owner, ...picture };
      const photo = await change(
        place,
        (photo) => (photo.state === 'checking' ? { title, createdAt, state: 'published' } : photo),
        { shown },
      );
      if (photo?.state !== 'published') throw withdrawn();
    },
    /** Ends what is not over yet. @returns the photo as it is then. */
    refuse: (place: Place, reason: string): Promise<Photo | undefined> =>
      change(
        place,
        (photo) => {
          const { title, createdAt, state } = photo;
          return state === 'waiting' || state === 'checking' ? { title, createdAt, state: 'refused', reason } : photo;
        },
        { expiresAt: later() },
      ),
    /** From then on nobody sees it. @throws `NotFound` */
    async remove(place: Place): Promise<void> {
      const photo = await change(
        place,
        ({ createdAt, ...photo }) =>
          photo.state === 'deleted' ? { ...photo, createdAt } : { title: '', createdAt, state: 'deleted' },
        { expiresAt: later() },
      );
      if (photo === undefined) throw noPhoto();
    },
    /** An owner's photos, the newest first. */
    owned: (owner: string): Promise<Page<Found>> =>
      table.query(PARTITION, { prefix: `owned/${owner}/`, limit: 50 }) as Promise<Page<Found>>,
    /** Everybody's, for whoever tidies up. */
    all: (cursor?: string): Promise<Page<Found>> =>
      table.query(PARTITION, { prefix: 'owned/', ...(cursor !== undefined && { cursor }) }) as Promise<Page<Found>>,
    /** What everybody sees, the newest first. */
    gallery: (limit: number, cursor?: string): Promise<Page<Document<Shown>>> =>
      table.query(PARTITION, { prefix: 'shown/', limit, ...(cursor !== undefined && { cursor }) }) as Promise<
        Page<Document<Shown>>
      >,
    /** @throws `NotFound` */
    async shown(id: string): Promise<Shown> {
      const found = await table.get(shownKey(id));
      if (found === undefined) throw noPhoto();
      return found.value as Shown;
    },
  };
}

/** The id of a photo by that of its document. */
export function idOf({ id }: Document<unknown>): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

export function noPhoto(): Failure {
  return new Failure({ name: 'NotFound', message: 'no such photo' });
}

/** The one error of a run that is nobody's fault: its owner took the photo back. */
export function withdrawn(): Failure {
  return new Failure({ name: 'Withdrawn', message: 'the photo was deleted meanwhile' });
}
