import { raw } from 'hono/html';
import type { Child } from 'hono/jsx';

interface FrameProps {
  /** The app's name: its style sheet and its script are at `/apps/<name>/`. */
  readonly app: string;
  /** May be of a stranger, in any script. */
  readonly title: string;
  /** Where the page belongs to, beside all apps. */
  readonly back?: { readonly href: string; readonly text: string };
  readonly children: Child;
}

/** Characters of a title from which on it is set smaller: on a phone it would else fill the screen. */
const LONG = 60;

/** The whole document of an app's page. */
export const Frame = ({ app, title, back, children }: FrameProps) => (
  <>
    {raw('<!doctype html>')}
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <link rel="stylesheet" href={`/apps/${app}/style.css`} />
        <script src={`/apps/${app}/page.js`} type="module" />
      </head>
      <body>
        <main>
          <h1 dir="auto" class={title.length > LONG ? 'long' : undefined}>
            {title}
          </h1>
          <nav aria-label="Up" class="up">
            <a href="/">All apps</a>
            {back && <a href={back.href}>{back.text}</a>}
          </nav>
          {children}
        </main>
      </body>
    </html>
  </>
);
