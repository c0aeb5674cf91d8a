import { html } from 'hono/html';
import type { Html } from './frame.ts';
import { visible } from './visible.ts';

/** A form that was refused: what is wrong, where, and what had been typed. */
export interface Refused {
  readonly message: string;
  /** `undefined`: it is about no field. */
  readonly field?: 'name' | 'data';
  readonly name?: string;
  readonly data?: string;
}

interface ActionsOptions {
  /** The path of the run's page. */
  readonly path: string;
  /** The events that the workflow waits for somewhere. */
  readonly events: readonly string[];
  /** Those that the run waits for now. */
  readonly awaited: readonly string[];
  readonly refused?: Refused;
}

/** What can be done to a run that goes on. The forms work without a script. */
export function actions({ path, events, awaited, refused }: ActionsOptions): Html {
  return html`<section id="actions" aria-labelledby="actions-title">
    <h2 id="actions-title">Take part</h2>
    <p id="actions-over" class="quiet" aria-live="polite">This is possible while the run goes on.</p>
    ${refused !== undefined && refused.field === undefined ? html`<p class="alarm" role="alert">${visible(refused.message)}</p>` : ''}
    <fieldset>
      <legend class="hidden">Actions</legend>
      ${events.length === 0 ? '' : eventForm(path, events, awaited, refused)}
      <details class="cancel">
        <summary>Cancel the run …</summary>
        <form method="post" action="${path}/cancel">
          <p>Cancelling is final: no new step starts after it.</p>
          <button class="danger">Cancel the run now</button>
        </form>
      </details>
    </fieldset>
  </section>`;
}

function eventForm(path: string, events: readonly string[], awaited: readonly string[], refused?: Refused): Html {
  const chosen = refused?.name ?? awaited[0];
  const wrong = (field: Refused['field']) =>
    refused?.field === field ? html` aria-invalid="true" aria-describedby="${field}-refused" autofocus` : '';
  const why = (field: NonNullable<Refused['field']>) =>
    refused?.field === field
      ? html`<p id="${field}-refused" class="alarm" role="alert">${visible(refused.message)}</p>`
      : '';
  return html`<form method="post" action="${path}/events" class="event">
    <input type="hidden" name="key" value="${crypto.randomUUID()}" />
    <div class="field">
      <label for="name">Event</label>
      <select id="name" name="name"${wrong('name')}>
        ${events.map((name) => html`<option${name === chosen ? html` selected` : ''}>${name}</option>`)}
      </select>
      ${why('name')}
    </div>
    <div class="field">
      <label for="data">Data, as JSON</label>
      <textarea id="data" name="data" rows="3" spellcheck="false" autocapitalize="off"${wrong('data')}>
${refused?.data ?? '{}'}</textarea
      >
      ${why('data')}
    </div>
    <button>Send the event</button>
  </form>`;
}
