import { html } from 'hono/html';
import type { App } from '../app.ts';
import type { RunStatus } from '../workflow/runs.ts';
import { frame, type Html } from './frame.ts';
import { news, runItems } from './run-list.ts';
import { visible } from './visible.ts';

export interface Recent {
  readonly items: readonly RunStatus[];
  /** Why there are none to be had. */
  readonly unavailable?: string;
}

interface HomeOptions {
  readonly apps: readonly App[];
  /** The newest runs, for those who have the key. */
  readonly recent?: Recent;
  /** Where to go after a login, where that is not here. */
  readonly next?: string;
  /** Why a login was refused. */
  readonly refused?: string;
}

/** The list of apps; those who have the key see what runs, too, and others get a form to give it. */
export function homePage({ apps, recent, next, refused }: HomeOptions): Html {
  const hasKey = recent !== undefined;
  const loginFirst = next !== undefined || refused !== undefined;
  return frame(
    { title: 'skein', hasKey, here: 'home', ...(hasKey && { live: { watch: '/runs', page: '/' } }) },
    loginFirst
      ? html`${loginForm(html`<h1 id="login">Log in</h1>`, next, refused)}
          <h2>Apps</h2>
          ${appList(apps, (title) => html`<h3>${title}</h3>`)}`
      : html`<h1>Apps</h1>
          ${appList(apps, (title) => html`<h2>${title}</h2>`)}
          ${hasKey ? recentRuns(recent) : loginForm(html`<h2 id="login">Log in</h2>`)}`,
  );
}

function appList(apps: readonly App[], heading: (title: Html) => Html): Html {
  return html`<ul class="apps">
    ${apps.map(({ name, title, description, page }) => {
      const linked = page === undefined ? html`${title}` : html`<a href="/apps/${name}">${title}</a>`;
      return html`<li>${heading(linked)}${description === '' ? '' : html`<p>${description}</p>`}</li>`;
    })}
  </ul>`;
}

function recentRuns({ items, unavailable }: Recent): Html {
  const words = items.length === 0 ? 'No run was started yet.' : 'Times are UTC.';
  return html`<section aria-labelledby="recent">
    <div class="heading">
      <h2 id="recent">Recent runs</h2>
      <a href="/ui/runs">All runs</a>
    </div>
    ${news('/', unavailable === undefined ? words : `Runs are not to be had: ${visible(unavailable)}.`, '*')}
    ${items.length === 0 ? '' : runItems(items)}
    <p class="quiet"><a href="/docs">Every route</a> of the apps and of this room, also as <a href="/openapi.json">OpenAPI</a>.</p>
  </section>`;
}

function loginForm(heading: Html, next?: string, refused?: string): Html {
  return html`<section aria-labelledby="login">
    ${heading}
    <p id="login-hint" class="quiet">
      Runs are for those who have the admin key. The local room keeps it in the file <code>admin.key</code> of its data
      folder.
    </p>
    <form method="post" action="/login" class="line">
      ${next === undefined ? '' : html`<input type="hidden" name="next" value="${next}" />`}
      <div class="field">
        <label for="key">Admin key</label>
        <input
          id="key"
          name="key"
          type="password"
          autocomplete="current-password"
          aria-describedby="login-hint${refused === undefined ? '' : ' key-refused'}"
          ${refused === undefined ? '' : html`aria-invalid="true" autofocus`}
          required
        />
      </div>
      <button>Log in</button>
    </form>
    ${refused === undefined ? '' : html`<p id="key-refused" class="alarm" role="alert">${refused}</p>`}
  </section>`;
}
