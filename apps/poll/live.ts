import { inFlightLimit } from '../limits.ts';
import { type Results, type ResultsReader, STALENESS } from './results.ts';

export interface LiveOptions {
  /** Streams at once in this process. @default 500 */
  readonly listeners?: number;
  /** Seconds after which a stream ends and the browser comes again: less than a room gives its streams to end. @default 8 */
  readonly seconds?: number;
}

/** Milliseconds of silence after which a comment says that the stream is alive. */
const HEARTBEAT = 3_000;
/** Chunks that may wait for a slow reader; what comes while they do is left out. */
const WAITING = 4;

/**
 * Results as server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html. Each event is whole, so that one
 * that was left out is missed by nobody. The last event of a closed poll is `closed`.
 */
export function liveOf(results: ResultsReader, { listeners = 500, seconds = 8 }: LiveOptions = {}) {
  const limit = inFlightLimit('listeners', listeners);
  const encoder = new TextEncoder();

  /** @param seen the etag of what the reader has already. @throws `NotFound`; `TooManyRequests` */
  return async (id: string, seen: string | undefined): Promise<ReadableStream<Uint8Array>> => {
    const first = await results.recent(id);
    const leave = limit.enter();
    const gone = Promise.withResolvers<void>();
    let stopped = false;
    const stop = (): void => {
      stopped = true;
      leave();
      gone.resolve();
    };

    const tell = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
      const say = (text: string) => controller.enqueue(encoder.encode(text));
      const until = performance.now() + seconds * 1_000;
      let last = seen;
      let quietSince = performance.now();
      say(`retry: ${STALENESS}\n\n`);
      for (let now: Results = first; !stopped; now = await results.recent(id)) {
        const free = (controller.desiredSize ?? 0) > 0;
        const at = performance.now();
        if (now.etag !== last && free) {
          say(`event: results\nid: ${now.etag}\ndata: ${now.body}\n\n`);
          last = now.etag;
          quietSince = at;
        } else if (at - quietSince >= HEARTBEAT && free) {
          say(': alive\n\n');
          quietSince = at;
        }
        if (now.shown.state === 'closed' && now.etag === last) return say('event: closed\ndata: {}\n\n');
        if (at >= until) return;
        await pause(Math.min(STALENESS, until - at), gone.promise);
      }
    };

    return new ReadableStream<Uint8Array>(
      {
        start(controller) {
          // A poll that cannot be read any more ends its stream; the browser comes again and is told why.
          tell(controller)
            .catch(() => undefined)
            .finally(() => {
              if (!stopped) controller.close();
              stop();
            });
        },
        cancel: stop,
      },
      { highWaterMark: WAITING },
    );
  };
}

/** Waits, and no longer than until somebody goes. */
async function pause(milliseconds: number, gone: Promise<void>): Promise<void> {
  const time = Promise.withResolvers<void>();
  const timer = setTimeout(time.resolve, milliseconds);
  await Promise.race([time.promise, gone]);
  clearTimeout(timer);
}
