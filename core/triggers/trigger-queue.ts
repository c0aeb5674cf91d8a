import type { ResourceOf } from '../resources/access.ts';
import { foldTrigger } from './trigger.ts';

/**
 * The queue that a trigger's events wait in: an app's own, or one of the room's.
 *
 * So objects and times are as durable as messages: retried, and kept as dead letters when all attempts failed.
 */
export const triggerQueue = foldTrigger<ResourceOf<'queue'>>({
  consume: ({ queue: { kind, name, attempts } }) => ({ kind, name, attempts }),
  object: ({ name, attempts }) => ({ kind: 'queue', name: `skein-${name}`, attempts }),
  schedule: ({ name, attempts }) => ({ kind: 'queue', name: `skein-${name}`, attempts }),
});
