import { Failure } from 'skein';
import { recent } from './recent.ts';

/** A token bucket: so many at once, and so many a second after that. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** Whoever is forgotten begins with a full bucket again. */
const REMEMBERED = 50_000;

/** Refuses what is too much. A process counts for itself: n processes let n times as much through. */
export function rateLimit(what: string, { burst, perSecond }: Rate): (who: string | undefined) => void {
  const buckets = recent<{ tokens: number; at: number }>(REMEMBERED);
  return (who) => {
    if (who === undefined) return;
    const now = performance.now();
    const bucket = buckets.get(who) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    buckets.set(who, { tokens: tokens < 1 ? tokens : tokens - 1, at: now });
    if (tokens < 1) throw tooMany(`too many ${what}`, Math.ceil((1 - tokens) / perSecond));
  };
}

/** Lets at most `most` go on at once, and refuses the rest before it costs anything. */
export function inFlightLimit(what: string, most: number) {
  let now = 0;
  return {
    /** @returns what gives the place back; calling it again does nothing. @throws `TooManyRequests` */
    enter(): () => void {
      if (now >= most) throw tooMany(`${most} ${what} are under way here`, 1);
      now++;
      let inside = true;
      return () => {
        if (inside) now--;
        inside = false;
      };
    },
    async run<T>(work: () => Promise<T>): Promise<T> {
      const leave = this.enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}

/** @param retryAfter whole seconds. */
function tooMany(message: string, retryAfter: number): Failure {
  const seconds = retryAfter === 1 ? '1 second' : `${retryAfter} seconds`;
  return new Failure({
    name: 'TooManyRequests',
    message: `${message}: try again in ${seconds}`,
    data: { retryAfter },
  });
}

/** Seconds after which a refused request may come again; undefined for any other error. */
export function retryAfterOf(error: unknown): number | undefined {
  if (!(error instanceof Failure) || error.name !== 'TooManyRequests') return undefined;
  return (error.data as { readonly retryAfter: number }).retryAfter;
}
