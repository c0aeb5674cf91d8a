import { type App, app } from 'skein';
import type { PollOptions } from './desk.ts';
import { createPage } from './page-routes.tsx';
import { routesOf } from './routes.ts';

/** The app with limits of one's own. */
export function poll(options: PollOptions = {}): App {
  return app('poll', {
    title: 'Live poll',
    description: 'Ask a room full of people, and watch the answers come in. One vote for each, also in a crowd.',
    http: [routesOf(options)],
    page: createPage,
  });
}

export default poll();
