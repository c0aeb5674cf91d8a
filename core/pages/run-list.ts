import { html } from 'hono/html';
import type { Page } from '../resources/bucket.ts';
import { type ListRuns, type RunStatus, STATUSES } from '../workflow/runs.ts';
import { frame, type Html } from './frame.ts';
import { countOf, progressBar, stateMark } from './status.ts';
import { duration, moment } from './time.ts';
import { visible } from './visible.ts';

interface RunListOptions {
  readonly page: Page<RunStatus>;
  readonly asked: ListRuns;
  /** The names to choose from. */
  readonly workflows: readonly string[];
}

/** Runs, newest first, by status and workflow. */
export function runListPage({ page: { items, next }, asked, workflows }: RunListOptions): Html {
  const { cursor, status, workflow } = asked;
  const filters = { ...(status !== undefined && { status }), ...(workflow !== undefined && { workflow }) };
  const query = (more: Record<string, string>): string => {
    const text = new URLSearchParams({ ...filters, ...more }).toString();
    return text === '' ? '' : `?${text}`;
  };
  const here = cursor === undefined ? {} : { cursor };
  // All of them: a run that is not in the state that was asked for any more is to be seen in its new one.
  const unfiltered = new URLSearchParams({ ...here, ...(workflow !== undefined && { workflow }) });
  const names = workflow === undefined || workflows.includes(workflow) ? workflows : [...workflows, workflow];
  return frame(
    {
      title: 'Runs',
      hasKey: true,
      here: 'runs',
      live: { watch: `/runs?${unfiltered}`, page: `/ui/runs?${unfiltered}` },
    },
    html`<h1>Runs</h1>
      <form method="get" action="/ui/runs" class="line">
        ${choice('status', 'Status', status, STATUSES)} ${choice('workflow', 'Workflow', workflow, names)}
        <button>Show</button>
      </form>
      ${news(`/ui/runs${query({})}`, 'Newest first. Times are UTC.', cursor === undefined ? (status ?? '*') : '')}
      ${items.length === 0 ? html`<p class="empty">No run ${(status ?? workflow) ? 'is like that' : 'was started yet'}.</p>` : runItems(items)}
      <nav class="pages" aria-label="Pages of runs">
        ${cursor === undefined ? '' : html`<a href="/ui/runs${query({})}">Newest</a>`}
        ${next === undefined ? '' : html`<a rel="next" href="/ui/runs${query({ cursor: next })}">Older</a>`}
      </nav>`,
  );
}

function choice(name: string, label: string, chosen: string | undefined, values: readonly string[]): Html {
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <select id="${name}" name="${name}">
      <option value="">all</option>
      ${values.map(
        (value) => html`<option value="${value}"${value === chosen ? html` selected` : ''}>${visible(value)}</option>`,
      )}
    </select>
  </div>`;
}

/**
 * A line where the page's script tells of runs that came meanwhile: they do not push away what is being read.
 *
 * @param counted the status of the runs that it tells of; `*`: any; empty: of none.
 */
export function news(href: string, words: string, counted: string): Html {
  return html`<p id="news" class="quiet" role="status" data-href="${href}" data-counted="${counted}">${words}</p>`;
}

/** One item a run; the page's script renews each of them in its place. */
export function runItems(runs: readonly RunStatus[]): Html {
  return html`<ul class="runs" id="runs">
    ${runs.map((run) => {
      const { id, workflow, status, startedAt, updatedAt } = run;
      const took = status === 'running' ? '–' : duration(Date.parse(updatedAt) - Date.parse(startedAt));
      return html`<li id="run-${id}" data-live data-status="${status}">
        <span class="what">
          <a href="/ui/runs/${encodeURIComponent(id)}"><bdi>${visible(workflow)}</bdi></a>
          <bdi class="quiet id">${visible(id)}</bdi>
        </span>
        ${stateMark(status)}
        <span class="bar-count">${progressBar(run, `Progress of ${visible(id)}`)}<span>steps: ${countOf(run)}</span></span>
        <span class="when">${moment(startedAt)}</span>
        <span class="took"><span class="hidden">took</span> ${took}</span>
      </li>`;
    })}
  </ul>`;
}
