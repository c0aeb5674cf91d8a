import { html } from 'hono/html';
import { nodesOf, type WorkflowIR } from '../workflow/ir.ts';
import type { RunStatus, StepRecord } from '../workflow/runs.ts';
import { actions, type Refused } from './actions.ts';
import { frame, type Html } from './frame.ts';
import { graph } from './graph.ts';
import { countOf, progressBar, stateMark } from './status.ts';
import { pane, stepsTable } from './steps-table.ts';
import { survey } from './survey.ts';
import { duration, moment } from './time.ts';
import { visible } from './visible.ts';

/** What was just done, told once, after the redirect. */
const SAID = { sent: 'The event was sent.', cancelled: 'The run was cancelled.' } as const;
export type Said = keyof typeof SAID;

export function isSaid(text: string | undefined): text is Said {
  return text !== undefined && Object.hasOwn(SAID, text);
}

export interface RunParts {
  readonly run: RunStatus;
  readonly ir: WorkflowIR;
  readonly steps: readonly StepRecord[];
  /** Whether there are more steps than these. */
  readonly more: boolean;
}

interface RunPageOptions extends RunParts {
  /** Only the step calls of this node. */
  readonly node?: string;
  /** The page of step calls, from 1. */
  readonly page: number;
  readonly said?: Said;
  readonly refused?: Refused;
}

/** One run: where it is, what it has and made, and what can be done about it. */
export function runPage({ run, ir, steps, more, node, page, said, refused }: RunPageOptions): Html {
  const path = `/ui/runs/${encodeURIComponent(run.id)}`;
  const over = run.status !== 'running';
  const { nodes, awaited } = survey(ir, run, steps);
  const known = [...nodesOf(ir.body)];
  const events = [...new Set(known.flatMap((one) => (one.kind === 'waitFor' ? [one.event] : [])))];
  const href = (query: { node?: string; page?: number }): string => {
    const text = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)])).toString();
    return text === '' ? path : `${path}?${text}`;
  };
  const here = href({ ...(node !== undefined && { node }), ...(page > 1 && { page }) });
  return frame(
    {
      title: visible(`${run.workflow} ${run.id}`),
      hasKey: true,
      here: 'runs',
      ...(!over && { live: { watch: `/runs/${encodeURIComponent(run.id)}`, page: here } }),
    },
    html`<h1><bdi>${visible(run.workflow)}</bdi></h1>
      <p class="quiet id">Run <bdi>${visible(run.id)}</bdi></p>
      ${said === undefined ? '' : html`<p class="said" role="status">${SAID[said]}</p>`} ${summary(run, awaited)}
      <section id="graph" data-live aria-labelledby="graph-title">
        <h2 id="graph-title">Definition and state</h2>
        ${graph(ir, { nodes, over, stepsOf: (id) => `${href({ node: id })}#steps` })}
      </section>
      ${over && refused === undefined ? '' : actions({ path, events, awaited, ...(refused !== undefined && { refused }) })}
      <section id="values" data-live aria-labelledby="values-title">
        <h2 id="values-title">Input and outcome</h2>
        <div class="panes">
          ${pane('Input', run.input, 'None.')}
          ${run.error === undefined ? pane('Output', run.output, over ? 'None.' : 'Nothing yet.') : pane('Error', { ...run.error })}
        </div>
      </section>
      ${stepsTable({ run: run.id, steps, more, page, href, ...(node !== undefined && { node }) })}`,
  );
}

function summary(run: RunStatus, awaited: readonly string[]): Html {
  const { status, error, startedAt, updatedAt } = run;
  const over = status !== 'running';
  const detail =
    error !== undefined
      ? visible(`${error.name}: ${error.message}`)
      : !over && awaited.length > 0
        ? `waits for the event ${awaited.join(', ')}`
        : '';
  return html`<section id="summary" data-live aria-label="Status">
    <p class="headline" aria-live="polite">${stateMark(status)} <span class="detail">${detail}</span></p>
    ${progressBar(run, 'Progress of the run')}
    <dl class="facts">
      <div>
        <dt>Steps</dt>
        <dd>${countOf(run)}</dd>
      </div>
      <div>
        <dt>Started, UTC</dt>
        <dd>${moment(startedAt)}</dd>
      </div>
      <div>
        <dt>Changed, UTC</dt>
        <dd>${moment(updatedAt)}</dd>
      </div>
      <div>
        <dt>Took</dt>
        <dd>${over ? duration(Date.parse(updatedAt) - Date.parse(startedAt)) : '–'}</dd>
      </div>
    </dl>
  </section>`;
}
