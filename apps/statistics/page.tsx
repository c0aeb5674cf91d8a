import type { Context } from 'hono';
import type { z } from 'zod';
import { Frame } from '../frame.tsx';
import { MOST_DIGITS, MOST_NUMBERS } from './integers.ts';
import type { StatisticsAnswer } from './resources.ts';
import { MEAN_DECIMALS } from './statistics.ts';

/** Ten, as the form shows them at first. */
const NUMBERS = '4, 5, 2, 35, 2452, -7, 0, 12, 8, 1';
/** Seconds until a page without a script asks again. */
const AGAIN = '2';

type Html = Response | Promise<Response>;

/** The page that people see. Its script asks and shows the answer; without it the form leads to `answerPage`. */
export function page(c: Context): Html {
  return c.html(whole({ status: 'Nothing asked yet.' }));
}

/** The page with the reason why the form was refused. */
export function refusedPage(c: Context, { issues: [issue] }: z.ZodError, sent: unknown): Html {
  const { numbers } = (sent ?? {}) as { readonly numbers?: unknown };
  const typed = Array.isArray(numbers) ? numbers.join(', ') : '';
  const index = issue?.path[1];
  const what = typeof index === 'number' ? `Number ${index + 1}` : 'The list';
  return c.html(whole({ status: `${what}: ${issue?.message}`, refused: typed }), 400);
}

/** The page with an answer; until it is there the page loads itself again. */
export function answerPage(c: Context, found: StatisticsAnswer | { readonly status: 'pending' }): Html {
  if (found.status === 'done') return c.html(whole({ status: said(found), answer: found }));
  c.header('refresh', AGAIN);
  return c.html(whole({ status: 'The numbers are in the queue; this page looks again in 2 seconds.' }));
}

/** The page of an answer that is over, or never was. */
export function gonePage(c: Context): Html {
  return c.html(whole({ status: 'There is no such answer, or it is no longer kept: ask again.', alarm: true }), 404);
}

const said = ({ count, rounded }: StatisticsAnswer): string =>
  `${count === 1 ? 'One number.' : `${count} numbers.`}${rounded ? ` The mean is rounded to ${MEAN_DECIMALS} decimals.` : ''}`;

interface Shown {
  readonly status: string;
  readonly alarm?: boolean;
  /** What was typed, where it has to be mended. */
  readonly refused?: string;
  readonly answer?: StatisticsAnswer;
}

const whole = ({ status, refused, alarm = refused !== undefined, answer }: Shown) => (
  <Frame app="statistics" title="Statistics">
    <section aria-labelledby="ask-title">
      <h2 id="ask-title">Min, max, median and mean</h2>
      <form id="ask" method="post" action="/apps/statistics/ask">
        <label for="numbers">Whole numbers</label>
        <textarea
          id="numbers"
          name="numbers"
          rows={4}
          required
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
          aria-describedby="numbers-help status"
          aria-invalid={refused === undefined ? 'false' : 'true'}
        >
          {refused ?? answer?.numbers.join(', ') ?? NUMBERS}
        </textarea>
        <p class="quiet" id="numbers-help">
          Between commas or spaces: up to {MOST_NUMBERS.toLocaleString('en')} numbers of up to {MOST_DIGITS} digits.
        </p>
        <button type="submit">Compute</button>
      </form>
    </section>
    <section aria-labelledby="answer-title">
      <h2 id="answer-title">The answer</h2>
      <output id="status" for="numbers" class={alarm ? 'alarm' : ''} aria-live="polite">
        {status}
      </output>
      <table id="answer" data-decimals={MEAN_DECIMALS}>
        <tbody>
          {ROWS.map(([name, title]) => (
            <tr>
              <th scope="row">{title}</th>
              <td data-name={name}>{answer?.[name] ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
    <p class="quiet foot">
      A worker takes the numbers from a queue, and answers through another.{' '}
      <a href="/apps/statistics/dead">What it could not do</a>
    </p>
  </Frame>
);

const ROWS = [
  ['min', 'Min'],
  ['max', 'Max'],
  ['median', 'Median'],
  ['mean', 'Mean'],
] as const;
