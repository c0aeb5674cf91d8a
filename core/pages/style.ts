import { palette } from './palette.ts';

/** The style sheet of core's own pages. Whatever a script renews keeps its size, so that nothing jumps. */
export const style = `${palette}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; scrollbar-gutter: stable; }
a { color: var(--accent); }
h1, h2, h3, p, ul, ol, dl, dd, figure, fieldset { margin: 0; padding: 0; }
h1 { font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; line-height: 1.4; }
ul, ol { list-style: none; }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; }
code { overflow-wrap: anywhere; }
fieldset { border: 0; min-width: 0; }
bdi, .id { overflow-wrap: anywhere; }
.quiet, .empty, .nothing { color: var(--quiet); }
.alarm { color: var(--alarm); overflow-wrap: anywhere; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
main:focus, #steps:focus { outline: none; }

.skip { position: absolute; left: .5rem; top: -4rem; padding: .5rem .75rem; background: var(--card); z-index: 1; }
.skip:focus { top: .5rem; }
.bar, main { max-width: 60rem; margin: 0 auto; padding: 0 1rem; }
.bar { display: flex; justify-content: space-between; align-items: center; gap: 1rem; min-height: 3.5rem; }
.bar nav { display: flex; gap: 1.25rem; align-items: center; }
.bar a { display: inline-flex; align-items: center; min-height: 2.75rem; text-decoration: none; }
.bar a[aria-current] { color: var(--text); text-decoration: underline; text-underline-offset: .35rem; text-decoration-thickness: 2px; }
.brand { font-weight: 700; }
main { padding-top: .75rem; padding-bottom: 4rem; display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); }
section { display: grid; gap: .75rem; grid-template-columns: minmax(0, 1fr); margin-top: .5rem; }
#summary, #graph, #actions, section[aria-labelledby="login"] {
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: .6rem;
  padding: 1rem;
}
h1 + .id { margin-top: -.75rem; font-family: ui-monospace, monospace; font-size: .9rem; }

button, input, select, textarea {
  font: inherit;
  min-height: 2.75rem;
  padding: .4rem .75rem;
  border: 1px solid var(--rail);
  border-radius: .4rem;
  background: var(--card);
  color: var(--text);
  max-width: 100%;
}
button { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; cursor: pointer; }
button.plain { background: none; border-color: transparent; color: var(--accent); font-weight: 400; padding: 0 .25rem; }
button.danger { background: none; border-color: var(--alarm); color: var(--alarm); }
button:disabled { cursor: default; }
:disabled { opacity: .55; }
input, textarea { width: 100%; }
textarea { font-family: ui-monospace, monospace; font-size: .9rem; resize: vertical; }
[aria-invalid="true"] { border-color: var(--alarm); border-width: 2px; }
.field { display: grid; gap: .2rem; align-content: start; }
.field label { font-weight: 600; font-size: .9rem; }
.line { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; }
.line .field { flex: 1 1 10rem; max-width: 24rem; }
.line select { width: 100%; }

.apps { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); }
.apps li { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .9rem 1rem; }
.apps h2, .apps h3 { font-size: 1.1rem; line-height: 1.4; }
.apps p { color: var(--quiet); margin-top: .2rem; }
.heading { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; }
.pages { display: flex; gap: 1.25rem; min-height: 1.5rem; }
.pages:empty { display: none; }
#news { min-height: 1.5rem; }

.state { --state: var(--quiet); display: inline-flex; align-items: center; gap: .45rem; color: var(--state); white-space: nowrap; }
progress { --state: var(--quiet); }
[data-state="running"] { --state: var(--accent); }
[data-state="waiting"] { --state: var(--wait); }
[data-state="succeeded"] { --state: var(--good); }
[data-state="failed"] { --state: var(--alarm); }
.mark { flex: none; width: 10px; height: 10px; border-radius: 50%; background: var(--state); }
.state[data-state="failed"] .mark { border-radius: 1px; }
.state[data-state="pending"] .mark, .state[data-state="skipped"] .mark { background: none; border: 2px solid var(--rail); }
.state[data-state="waiting"] .mark { background: none; border: 3px double var(--state); }
.state[data-state="cancelled"] .mark, .state[data-state="stopped"] .mark { border-radius: 1px; height: .2rem; }
@media (prefers-reduced-motion: no-preference) {
  .state[data-state="running"] .mark { animation: breathe 1.8s ease-in-out infinite; }
}
@keyframes breathe { 50% { opacity: .35; } }
progress { appearance: none; display: block; width: 100%; height: .5rem; border: 0; border-radius: .25rem; overflow: hidden; background: var(--line); }
progress::-webkit-progress-bar { background: var(--line); }
progress::-webkit-progress-value { background: var(--state); }
progress::-moz-progress-bar { background: var(--state); }

.runs { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
.runs li {
  display: grid;
  grid-template-columns: minmax(0, 1fr) 7rem 11rem 10rem 6rem;
  gap: .25rem 1rem;
  align-items: center;
  padding: .6rem 1rem;
  font-variant-numeric: tabular-nums;
}
.runs li + li { border-top: 1px solid var(--line); }
.what { display: grid; }
.what a { font-weight: 600; justify-self: start; max-width: 100%; }
.runs .id { font-family: ui-monospace, monospace; font-size: .8rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.bar-count { display: grid; gap: .25rem; font-size: .85rem; color: var(--quiet); }
.when, .took { color: var(--quiet); font-size: .9rem; }
.took { text-align: right; }

.headline { display: flex; gap: .75rem; font-size: 1.15rem; font-weight: 600; white-space: nowrap; }
.headline .state { flex: none; min-width: 7rem; }
.detail { overflow: hidden; text-overflow: ellipsis; font-weight: 400; }
#summary progress { height: .6rem; }
.facts { display: grid; gap: .5rem 1rem; grid-template-columns: repeat(4, minmax(0, 1fr)); font-variant-numeric: tabular-nums; }
.facts dt { color: var(--quiet); font-size: .85rem; }
.said { border-left: 4px solid var(--good); padding: .25rem .75rem; background: var(--card); }

.block { display: grid; gap: .5rem; grid-template-columns: minmax(0, 1fr); }
.block > li { position: relative; }
.block > li + li::before { content: ""; position: absolute; left: 1.3rem; top: -.5rem; height: .5rem; border-left: 2px solid var(--rail); }
.card {
  display: grid;
  grid-template-columns: minmax(0, 1fr) 11rem 11rem;
  gap: 0 1rem;
  align-items: center;
  min-height: 2.5rem;
  padding: .35rem .75rem;
  border: 1px solid var(--line);
  border-left: 4px solid var(--state, var(--rail));
  border-radius: .4rem;
  background: var(--card);
  font-variant-numeric: tabular-nums;
}
.card[data-state="pending"], .card[data-state="skipped"], .card[data-state="stopped"] { --state: var(--rail); }
.card[data-state="skipped"] { border-style: dashed; border-left-style: solid; }
.card .name { overflow-wrap: anywhere; }
.card .name a { font-weight: 600; }
.card .state { font-size: .9rem; }
.meta { color: var(--quiet); font-size: .85rem; min-height: 1.25rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.group { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem; background: color-mix(in srgb, var(--paper) 60%, var(--card)); }
.group > .card { border-color: transparent; background: none; min-height: 2rem; padding: 0 .75rem .25rem .25rem; }
.group > .card .name { color: var(--quiet); }
.branches { display: grid; gap: .5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); }
.branches .card { grid-template-columns: minmax(0, 1fr); }
.label { color: var(--quiet); font-size: .85rem; padding: .35rem .25rem; }
.nothing { font-size: .9rem; border: 1px dashed var(--rail); border-radius: .4rem; padding: .45rem .75rem; }

.event { display: grid; gap: .75rem; justify-items: start; }
.event .field { width: 100%; max-width: 34rem; }
.event select { min-width: min(100%, 14rem); justify-self: start; }
.event + .cancel { margin-top: 1rem; }
summary { cursor: pointer; min-height: 2rem; display: list-item; padding: .25rem 0; color: var(--accent); }
.cancel form { display: grid; gap: .5rem; justify-items: start; padding: .25rem 0; }

.panes { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); }
.pane { display: grid; grid-template-columns: minmax(0, 1fr); gap: .2rem; align-content: start; }
.pane figcaption { font-weight: 600; font-size: .9rem; }
.pane[data-name="Error"] figcaption { color: var(--alarm); }
.pane pre { margin: 0; padding: .6rem .75rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--card); overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 16rem; }
.panes .pane pre { height: 11rem; }

.steps { width: 100%; border-collapse: collapse; table-layout: fixed; font-variant-numeric: tabular-nums; }
.steps th, .steps td { text-align: left; padding: .45rem .5rem; vertical-align: top; }
.steps thead { color: var(--quiet); font-size: .85rem; }
.steps thead th { font-weight: 600; }
.steps thead th:nth-child(2) { width: 9rem; }
.steps thead th:nth-child(3), .steps thead th:nth-child(4) { width: 7rem; }
.steps tbody { border-top: 1px solid var(--line); }
.steps tbody th { font-weight: 400; font-family: ui-monospace, monospace; font-size: .9rem; overflow-wrap: anywhere; }
.steps .more td { padding-top: 0; padding-bottom: .25rem; }
.steps tr:not(.more) > * { padding-bottom: 0; }
.steps details { font-size: .9rem; }
.steps details[open] { padding-bottom: .5rem; }
.steps .pane { margin-top: .5rem; }

@media (max-width: 46rem) {
  .runs li { grid-template-columns: minmax(0, 1fr) 7rem; }
  .runs .what { grid-column: 1; }
  .runs .bar-count { grid-column: 1 / -1; }
  .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .card { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
  .card .name { grid-column: 1 / -1; }
  .block .group { padding: .4rem; }
  .headline { display: block; white-space: normal; min-height: 5rem; }
  .detail { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; margin-top: .25rem; font-size: 1rem; overflow-wrap: anywhere; }
  .steps { font-size: .9rem; }
  .steps thead th:nth-child(2) { width: 6.6rem; }
  .steps thead th:nth-child(4) { width: 4.4rem; }
  .steps th, .steps td { padding-left: .25rem; padding-right: .25rem; }
  .steps tr:not(.more) > :nth-child(3) { width: 0; padding: 0; font-size: 0; }
}
`;
