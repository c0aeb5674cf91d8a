import type { Summary } from '../summary/summary.ts';
import { figureOf } from './figure-of.ts';
import { colourOf } from './look.ts';
import { script } from './report-script.ts';
import { style } from './report-style.ts';
import { escapeText } from './svg.ts';
import { faultTableOf, type Table, tableOf } from './table.ts';

const WHAT = {
  'first answer': 'latency of the first request that got a right answer: with cold starts, mostly their time',
  detected: 'from a fault until the balancer knew',
  recovered: 'from a fault until the last failure that no full queue explains',
  'lost to it': 'failures after a fault that no full queue explains',
  'work lost': 'requests that an instance began, and nobody got a right answer to',
  doubled: 'requests that were begun more than once',
  'cold starts': 'instances that booted because requests came, with their median time',
};

const WHAT_STEPS = { 'steps failed': 'attempts at steps of workflows that a fault let fail when their work was done' };

/** One file that needs nothing else: the figure, which answers to the mouse and the keyboard, and the table. */
export function printReport(summary: Summary): string {
  const figure = figureOf(summary);
  const faults = faultTableOf(summary);
  const names = summary.searches?.map(({ target }) => target) ?? summary.cases.map(({ name }) => name);
  const data = {
    seconds: Math.floor(summary.setting.seconds),
    charts: figure.charts,
    cases: summary.cases.map(({ name, series, events }) => ({ name, colour: colourOf(name, names), series, events })),
  };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(summary.setting.title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeText(summary.setting.title)}</h1>
<div id="figure" role="group" tabindex="0" aria-label="Figure; the arrow keys move through the seconds">${figure.svg}<div id="reading" aria-live="polite" hidden></div></div>
<fieldset id="targets"><legend>Show</legend>${names
    .map(
      (name) =>
        `<label style="color:${colourOf(name, names)}"><input type="checkbox" checked value="${escapeText(name)}">${escapeText(name)}</label>`,
    )
    .join('')}</fieldset>
${tableMarkup('All figures', 'figures', tableOf(summary))}
${faults === undefined ? '' : tableMarkup('Each fault', 'faults', faults)}
<dl>${Object.entries(
    summary.cases.some(({ failedSteps }) => failedSteps !== undefined) ? { ...WHAT, ...WHAT_STEPS } : WHAT,
  )
    .map(([term, what]) => `<dt>${term}</dt><dd>${what}</dd>`)
    .join('')}</dl>
<p>Latency is of right answers, from the moment at which a request was sent: users arrive whether or not earlier ones were answered.</p>
${sourcesOf(summary)}
</main>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** A table that scrolls by itself where it is too wide, with the keyboard too. */
function tableMarkup(label: string, kind: string, { head, rows }: Table): string {
  const cells = (row: readonly string[]): string =>
    row
      .map((cell, at) => (at === 0 ? `<th scope="row">${escapeText(cell)}</th>` : `<td>${escapeText(cell)}</td>`))
      .join('');
  const heads = head.map((cell) => (cell === '' ? '<td></td>' : `<th scope="col">${escapeText(cell)}</th>`)).join('');
  return `<div class="wide" role="region" aria-label="${label}" tabindex="0"><table class="${kind}"><thead><tr>${heads}</tr></thead>
<tbody>${rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n')}</tbody></table></div>`;
}

function sourcesOf({ setting }: Summary): string {
  const items = setting.targets.map(({ name, about, sources, price }) => {
    const links = [...sources, ...(price === undefined ? [] : [price.source])].map(
      (link) =>
        `<a href="${escapeText(link)}">${escapeText(
          new URL(link).pathname
            .split('/')
            .filter((part) => part !== '')
            .at(-1) ?? link,
        )}</a>`,
    );
    return `<li><b>${escapeText(name)}</b>: ${escapeText(about)}${links.length > 0 ? `; rules: ${links.join(', ')}` : ''}</li>`;
  });
  return `<ul>${items.join('')}</ul>`;
}
