import { html } from 'hono/html';
import type { App } from '../app.ts';

/** The list of apps; those who have the key are told how to reach the rest. */
export function homePage(apps: readonly App[], hasKey: boolean) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>skein</title>
        <link rel="stylesheet" href="/skein.css" />
      </head>
      <body>
        <main>
          <h1>skein</h1>
          <ul class="apps">
            ${apps.map(
              (app) =>
                html`<li>
                  ${app.page ? html`<a href="/apps/${app.name}">${app.title}</a>` : html`<strong>${app.title}</strong>`}
                  <p>${app.description}</p>
                </li>`,
            )}
          </ul>
          ${
            hasKey
              ? html`<p><a href="/runs">Runs</a> (JSON)</p>`
              : html`<form method="post" action="/login">
                <label for="key">Admin key</label>
                <input id="key" name="key" type="password" autocomplete="current-password" required />
                <button>Log in</button>
              </form>`
          }
        </main>
      </body>
    </html>`;
}

export const homeStyle = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 42rem; margin: 0 auto; padding: 1rem; }
.apps { list-style: none; padding: 0; display: grid; gap: 1rem; }
.apps li { border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: .5rem; padding: 1rem; }
.apps a { font-size: 1.15rem; font-weight: 600; }
.apps p { margin: .25rem 0 0; }
form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin-top: 2rem; }
input, button { font: inherit; padding: .4rem .6rem; }
`;
