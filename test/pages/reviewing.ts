import { afterEach, beforeEach } from 'vitest';
import { type Dev, open } from '../../handlers/local/dev.ts';
import review from '../support/apps/review.ts';
import { until } from '../support/server.ts';
import { browse } from './browse.ts';

/** A file that is never there: what waits for it waits. */
export const NO_GATE = '/nowhere/gate';

/** A room with the app `review`, new for each test, and a person who looks at its pages. */
export function reviewing() {
  let room: Dev;
  let person: ReturnType<typeof browse>;
  beforeEach(async () => {
    room = await open(review);
    person = browse(room);
  });
  afterEach(() => room.close());
  const page = async (path: string): Promise<string> => (await person.get(path)).text;
  return {
    room: (): Dev => room,
    person: () => person,
    page,
    /** The page once it says this. */
    pageWith: (path: string, words: string): Promise<string> =>
      until(async () => {
        const text = await page(path);
        return text.includes(words) ? text : undefined;
      }),
    startReview: (id: string, title = 'Bees', pages: number[] = [1, 2]): Promise<unknown> =>
      room.start('review', { title, pages, gate: NO_GATE }, { id }),
  };
}
