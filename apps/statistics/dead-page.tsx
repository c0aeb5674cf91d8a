import type { Context } from 'hono';
import { Frame } from '../frame.tsx';
import { requests, responses } from './resources.ts';

const QUEUES = [
  [requests.name, 'Requests that the worker could not do'],
  [responses.name, 'Responses that could not be kept'],
] as const;

/** The dead letters of both queues. Its script asks the room for them, which wants its admin key; the page itself knows nothing. */
export function deadPage(c: Context): Response | Promise<Response> {
  return c.html(
    <Frame app="statistics" title="Dead letters" back={{ href: '/apps/statistics', text: 'Statistics' }}>
      <noscript>
        <p>
          This page needs its script. The same from a shell, with the admin key: GET{' '}
          <code>/queues/{requests.name}/dead</code>, POST <code>/queues/{requests.name}/redrive</code>.
        </p>
      </noscript>
      {QUEUES.map(([queue, title]) => (
        <section data-queue={queue} aria-labelledby={`${queue}-title`}>
          <h2 id={`${queue}-title`}>{title}</h2>
          <output aria-live="polite">Loading …</output>
          <ul class="dead" aria-labelledby={`${queue}-title`} />
          <button type="button" disabled>
            Try them all again
          </button>
        </section>
      ))}
      <script src="/apps/statistics/dead.js" type="module" />
    </Frame>,
  );
}
