import type { Resource } from '../../core/resources/access.ts';
import type { BucketClient } from '../../core/resources/bucket.ts';
import type { Surroundings } from '../../core/workflow/invoke.ts';
import type { Log } from './log.ts';

/** The bucket where claims of large values are kept; apps cannot declare it, its name is not one that they may choose. */
const CLAIMS = 'skein-claims';

/** What steps get in this room, in whichever thread they run. */
export function surroundingsOf(
  bucket: (name: string) => BucketClient,
  other: (resource: Resource) => object,
  log: Log,
): Surroundings {
  const claims = bucket(CLAIMS);
  return {
    client: (resource) => (resource.kind === 'bucket' ? bucket(resource.name) : other(resource)),
    claims: {
      put: async (key, text) => void (await claims.put(key, text, { contentType: 'application/json' })),
      get: async (key) => (await claims.get(key))?.text(),
    },
    log,
  };
}
