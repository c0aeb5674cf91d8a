import type { Log } from '../../core/log.ts';
import type { Telemetry } from '../../core/telemetry/telemetry.ts';
import type { Surroundings } from '../../core/workflow/invoke.ts';
import type { Resources } from './resources.ts';

/** The bucket where claims of large values are kept; apps cannot declare it, its name is not one that they may choose. */
const CLAIMS = 'skein-claims';

/** What steps and triggers get in this room, in whichever thread they run. */
export function surroundingsOf(resources: Resources, log: Log, telemetry?: Telemetry): Surroundings {
  const claims = resources.bucket(CLAIMS);
  return {
    client: resources.client,
    claims: {
      put: async (key, text) => void (await claims.put(key, text, { contentType: 'application/json' })),
      get: async (key) => (await claims.get(key))?.text(),
    },
    log,
    telemetry,
  };
}
