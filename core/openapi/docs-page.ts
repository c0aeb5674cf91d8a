import { html } from 'hono/html';
import { palette } from '../pages/palette.ts';
import { curlOf } from './example.ts';
import type { JsonSchema, OpenApi, Operation, Parameter } from './openapi.ts';

interface Entry {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

type Part = ReturnType<typeof html>;

/** The document as a page: no script, and nothing from elsewhere. `origin` is what its commands call. */
export function docsPage({ info, paths, tags, components }: OpenApi, origin: string): Part {
  const entries = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]): Entry => ({ path, method, operation })),
  );
  const names = new Set([...tags.map((tag) => tag.name), ...entries.flatMap(({ operation }) => operation.tags)]);
  const sections = [...names]
    .map((name) => ({
      name,
      description: tags.find((tag) => tag.name === name)?.description ?? '',
      entries: entries.filter(({ operation }) => operation.tags.includes(name)),
    }))
    .filter((section) => section.entries.length > 0);
  const { schemas } = components;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Routes of ${info.title}</title>
        <link rel="stylesheet" href="/docs.css" />
      </head>
      <body>
        <main>
          <h1>Routes of ${info.title}</h1>
          <p>
            Version <code>${info.version}</code>, also as <a href="/openapi.json">OpenAPI 3.1</a>. Errors are
            <a href="#schema-Problem">problems</a>. Routes with a <span class="key">key</span> need the admin key.
          </p>
          <nav aria-label="Sections">
            <ul>
              ${sections.map(({ name }) => html`<li><a href="#tag-${name}">${name}</a></li>`)}
              <li><a href="#schemas">schemas</a></li>
            </ul>
          </nav>
          ${sections.map(
            (section) => html`<section aria-labelledby="tag-${section.name}">
              <h2 id="tag-${section.name}">${section.name}</h2>
              <p>${section.description}</p>
              ${section.entries.map((entry) => operationPart(entry, origin, schemas))}
            </section>`,
          )}
          <section aria-labelledby="schemas">
            <h2 id="schemas">schemas</h2>
            ${Object.entries(schemas).map(
              ([name, schema]) =>
                html`<details id="schema-${name}"><summary>${name}</summary>${jsonPart(schema)}</details>`,
            )}
          </section>
        </main>
      </body>
    </html>`;
}

function operationPart(
  { path, method, operation }: Entry,
  origin: string,
  schemas: Readonly<Record<string, JsonSchema>>,
) {
  const { operationId, summary = '', description, parameters = [], requestBody, responses, security } = operation;
  return html`<details id="${operationId}">
    <summary>
      <span class="method">${method.toUpperCase()}</span> <code>${path}</code>
      ${security.length > 0 ? html`<span class="key">key</span>` : ''}
      <span class="quiet">${summary}</span>
    </summary>
    ${description === undefined ? '' : html`<p>${description}</p>`}
    ${parameters.length > 0 ? parametersPart(parameters) : ''}
    ${
      requestBody === undefined
        ? ''
        : html`<h3>Body</h3>${Object.entries(requestBody.content).map(
            ([type, { schema }]) => html`<p><code>${type}</code></p>${jsonPart(schema)}`,
          )}`
    }
    <h3>Answers</h3>
    <dl>${Object.entries(responses).map(([status, response]) => responsePart(status, response))}</dl>
    <h3>Try it</h3>
    <pre tabindex="0">${curlOf(origin, path, method, operation, schemas)}</pre>
  </details>`;
}

function parametersPart(parameters: readonly Parameter[]): Part {
  return html`<h3>Parameters</h3>
    <dl>
      ${parameters.map(
        ({ name, in: place, required, description, schema }) => html`<dt>
            <code>${name}</code> <span class="quiet">${place}${required ? ', needed' : ''}</span>
          </dt>
          <dd>${description ?? ''} <code>${JSON.stringify(schema)}</code></dd>`,
      )}
    </dl>`;
}

function responsePart(status: string, response: Operation['responses'][string]): Part {
  if ('$ref' in response) return html`<dt>${status}</dt><dd><a href="#schema-Problem">A problem.</a></dd>`;
  return html`<dt>${status}</dt>
    <dd>
      ${response.description}
      ${Object.entries(response.content ?? {}).map(
        ([type, { schema }]) => html`<code>${type}</code>${Object.keys(schema).length === 0 ? '' : jsonPart(schema)}`,
      )}
    </dd>`;
}

/** A schema; one that only refers to another is a link. */
function jsonPart(schema: JsonSchema): Part {
  const name = /^#\/components\/schemas\/(.+)$/.exec(String(schema.$ref))?.[1];
  if (name !== undefined) return html` <a href="#schema-${name}">${name}</a>`;
  return html`<pre tabindex="0">${JSON.stringify(schema, null, 2)}</pre>`;
}

export const docsStyle = `${palette}
body { margin: 0; background: var(--paper); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
a { color: var(--accent); }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; list-style: none; }
nav a { display: inline-block; padding: .4rem 0; }
details { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; padding: 0 1rem; }
summary { padding: .6rem 0; cursor: pointer; }
summary .quiet { display: block; }
h1 { font-size: 1.6rem; line-height: 1.25; }
h2 { font-size: 1.3rem; margin-top: 2rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
.method { font-weight: 700; }
.key { border: 1px solid var(--line); border-radius: 1rem; padding: 0 .5rem; font-size: .85rem; }
.quiet { color: var(--quiet); }
pre { overflow-x: auto; overflow-wrap: normal; border-left: 3px solid var(--line); padding: .5rem; font-size: .875rem; }
dt { font-weight: 600; margin-top: .5rem; }
dd { margin: 0 0 0 1rem; }
`;
