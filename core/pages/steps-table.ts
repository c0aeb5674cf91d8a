import { html } from 'hono/html';
import type { Json } from '../json.ts';
import type { StepRecord } from '../workflow/runs.ts';
import type { Html } from './frame.ts';
import { stateMark } from './status.ts';
import { duration, moment } from './time.ts';
import { excerpt, visible } from './visible.ts';

const ROWS = 25;

interface StepsOptions {
  readonly run: string;
  readonly steps: readonly StepRecord[];
  /** Whether the run has more steps than were read. */
  readonly more: boolean;
  /** Only the calls of this node. */
  readonly node?: string;
  /** From 1. */
  readonly page: number;
  /** The address of another page or node. */
  readonly href: (query: { node?: string; page?: number }) => string;
}

/** The step calls of a run, in the order in which they were started. */
export function stepsTable({ run, steps, more, node, page, href }: StepsOptions): Html {
  const placeOf = (step: StepRecord): string => step.key.slice(run.length + 1);
  const chosen = node === undefined ? steps : steps.filter((step) => placeOf(step).split('/')[0] === node);
  const rows = chosen.slice((page - 1) * ROWS, page * ROWS);
  const only = node === undefined ? {} : { node };
  return html`<section id="steps" data-live aria-labelledby="steps-title" tabindex="-1">
    <h2 id="steps-title">Step calls${node === undefined ? '' : html` of <bdi>${visible(node)}</bdi>`}</h2>
    ${node === undefined ? '' : html`<p><a href="${href({})}">Those of all nodes</a></p>`}
    ${more ? html`<p class="quiet">The first ${steps.length} are shown; <code>GET /runs/{id}/steps</code> has the rest.</p>` : ''}
    ${rows.length === 0 ? html`<p class="empty">None yet.</p>` : table(rows, placeOf)}
    <nav class="pages" aria-label="Pages of step calls">
      ${page > 1 ? html`<a rel="prev" href="${href({ ...only, page: page - 1 })}">Before</a>` : ''}
      ${page * ROWS < chosen.length ? html`<a rel="next" href="${href({ ...only, page: page + 1 })}">Next</a>` : ''}
    </nav>
  </section>`;
}

function table(rows: readonly StepRecord[], placeOf: (step: StepRecord) => string): Html {
  return html`<table class="steps">
    <thead>
      <tr>
        <th scope="col">Call</th>
        <th scope="col">State</th>
        <th scope="col">Attempts</th>
        <th scope="col">Took</th>
      </tr>
    </thead>
    ${rows.map((step) => {
      const place = placeOf(step);
      const { startedAt, endedAt, output, error } = step;
      const took = endedAt === undefined ? '–' : duration(Date.parse(endedAt) - Date.parse(startedAt));
      return html`<tbody id="call-${place}">
        <tr>
          <th scope="row"><bdi>${visible(place)}</bdi></th>
          <td>${stateMark(step.status)}</td>
          <td>${step.attempts}</td>
          <td>${took}</td>
        </tr>
        <tr class="more">
          <td colspan="4">
            <details>
              <summary>Input and output<span class="hidden"> of ${visible(place)}</span></summary>
              <p class="quiet">Step ${visible(step.step)}, started ${moment(startedAt)}</p>
              ${pane('Input', step.input)}
              ${output === undefined ? '' : pane('Output', output)}
              ${error === undefined ? '' : pane('Error', { ...error })}
            </details>
          </td>
        </tr>
      </tbody>`;
    })}
  </table>`;
}

/** A value under its name, in a box that scrolls and that the keyboard reaches. */
export function pane(name: string, value: Json | undefined, empty = 'Nothing yet.'): Html {
  const shown = value === undefined ? undefined : excerpt(value);
  return html`<figure class="pane" data-name="${name}">
    <figcaption>${name}</figcaption>
    <pre tabindex="0" role="region" aria-label="${name}" dir="ltr">${shown?.text ?? empty}</pre>
    ${shown?.cutFrom === undefined ? '' : html`<p class="quiet">Cut; the whole has ${shown.cutFrom} characters.</p>`}
  </figure>`;
}
