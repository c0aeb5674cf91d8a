import { html } from 'hono/html';
import type { RunStatus } from '../workflow/runs.ts';
import type { Html } from './frame.ts';

/** A state in words, with a mark whose colour says the same. */
export function stateMark(state: string, words: string = state): Html {
  return html`<span class="state" data-state="${state}"><span class="mark" aria-hidden="true"></span>${words}</span>`;
}

/** How far a run is. A run whose steps cannot be counted yet has an empty bar, and one that succeeded a full one. */
export function progressBar({ status, progress: { done, total } }: RunStatus, label: string): Html {
  const whole = Math.max(total, done);
  const [max, value] = whole > 0 ? [whole, done] : [1, status === 'succeeded' ? 1 : 0];
  return html`<progress data-state="${status}" max="${max}" value="${value}" aria-label="${label}"></progress>`;
}

/** Step calls that are over, of how many. */
export function countOf({ progress: { done, total } }: RunStatus): string {
  return total > 0 ? `${done} of ${Math.max(done, total)}` : 'none yet';
}
