import { html } from 'hono/html';
import { visible } from './visible.ts';

export type Html = ReturnType<typeof html>;

/** Nothing but this host's own files, no inline code and no frames. */
export const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;

interface FrameOptions {
  readonly title: string;
  /** Whether the one who looks has the key. */
  readonly hasKey: boolean;
  /** Which entry of the navigation this page is. */
  readonly here?: 'home' | 'runs';
  readonly live?: Live;
}

/** What the page's script follows. */
export interface Live {
  /** The JSON that says when something has changed. */
  readonly watch: string;
  /** The page that shows the change; what it and this page mark with `data-live` is brought up to date. */
  readonly page: string;
}

/** The whole document of one of core's own pages. */
export function frame({ title, hasKey, here, live }: FrameOptions, content: Html): Html {
  const current = (one: FrameOptions['here']) => (one === here ? html` aria-current="page"` : '');
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title === 'skein' ? title : `${title} · skein`}</title>
    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/skein.css" />
    ${live && html`<script src="/ui/live.js" type="module" id="live" data-watch="${live.watch}" data-page="${live.page}"></script>`}
  </head>
  <body>
    <a class="skip" href="#main">Skip to the content</a>
    <header class="bar">
      <nav aria-label="Pages">
        <a class="brand" href="/"${current('home')}>skein</a>
        ${hasKey ? html`<a href="/ui/runs"${current('runs')}>Runs</a>` : ''}
      </nav>
      ${hasKey ? html`<form method="post" action="/logout"><button class="plain">Log out</button></form>` : ''}
    </header>
    <main id="main" tabindex="-1">${content}</main>
  </body>
</html>`;
}

export interface Notice {
  readonly title: string;
  readonly detail: string;
  /** Under which the log has the rest. */
  readonly id?: string;
}

/** What a browser gets in place of a problem. */
export function noticePage({ title, detail, id }: Notice, hasKey: boolean): Html {
  return frame(
    { title, hasKey },
    html`<h1>${title}</h1>
      <p class="alarm">${visible(detail)}</p>
      ${id === undefined ? '' : html`<p>Id: <code>${id}</code></p>`}
      <p>${hasKey ? html`<a href="/ui/runs">All runs</a>` : html`<a href="/">Home</a>`}</p>`,
  );
}
