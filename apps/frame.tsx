import { raw } from 'hono/html';
import type { Child } from 'hono/jsx';

interface FrameProps {
  /** The app's name: its style sheet and its script are at `/apps/<name>/`. */
  readonly app: string;
  readonly title: string;
  readonly children: Child;
}

/** The whole document of an app's page. */
export const Frame = ({ app, title, children }: FrameProps) => (
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
          <h1>{title}</h1>
          <p class="quiet">
            <a href="/">All apps</a>
          </p>
          {children}
        </main>
      </body>
    </html>
  </>
);
