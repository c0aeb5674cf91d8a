import { exceeds } from '../../../core/json.ts';
import type { Document, Fields } from '../../../core/resources/table.ts';

/** A document as it was at some time; Azure's etag where there is an entity, even one that has expired. */
export interface Seen {
  readonly current: Document<Fields> | undefined;
  readonly etag: string | undefined;
}

const MOST = 500;
const MOST_BYTES = 4_096;

/**
 * The small documents that this process wrote last. Each may be out of date: a write that relies on one has Azure compare the etag, and
 * looks where it is another.
 */
export function memory() {
  const all = new Map<string, Seen>();
  return {
    recall(name: string): Seen | undefined {
      const seen = all.get(name);
      const expiresAt = seen?.current?.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
      return expiresAt > Date.now() ? seen : undefined;
    },
    keep(name: string, document: Document<Fields> | undefined, etag: string | undefined): void {
      all.delete(name);
      if (document === undefined || etag === undefined || exceeds(document.value, MOST_BYTES)) return;
      // Who wrote it may change what they got.
      all.set(name, { current: structuredClone(document), etag });
      const [oldest = name] = all.keys();
      if (all.size > MOST) all.delete(oldest);
    },
  };
}
