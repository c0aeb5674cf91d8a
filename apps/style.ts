/** What the style sheets of all apps begin with; each app adds its own rules after it. */
export const sharedStyle = `:root {
  color-scheme: light dark;
  --text: #1c2430;
  --quiet: #5b6675;
  --paper: #fbfbf9;
  --card: #ffffff;
  --line: #d9dde3;
  --accent: #1d5fa8;
  --on-accent: #ffffff;
  --alarm: #a3261b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6e9ee;
    --quiet: #9aa5b4;
    --paper: #14181e;
    --card: #1c222b;
    --line: #343d4a;
    --accent: #7db4f0;
    --on-accent: #0d1724;
    --alarm: #ff9a8c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0;
  padding: 1.5rem 1rem 3rem;
  background: var(--paper);
  color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif;
  scrollbar-gutter: stable;
}
main { max-width: 44rem; margin: 0 auto; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .25rem; }
h1.long { font-size: 1.2rem; line-height: 1.3; }
h2 { font-size: 1.15rem; margin: 0 0 .25rem; }
p { margin: 0 0 .75rem; }
a { color: var(--accent); }
code { font-family: ui-monospace, monospace; font-size: .95em; }
.quiet { color: var(--quiet); }
.alarm { color: var(--alarm); }
.up { display: flex; flex-wrap: wrap; gap: 0 1.25rem; margin: 0 0 .75rem; }
.up a { padding: .25rem 0; }
section {
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: .6rem;
  padding: 1rem;
  margin-top: 1.25rem;
}
form { display: grid; }
input:not([type="radio"]), textarea, select, button {
  font: inherit;
  min-height: 2.75rem;
  padding: .4rem .6rem;
  border: 1px solid var(--line);
  border-radius: .4rem;
  background: var(--paper);
  color: var(--text);
  width: 100%;
}
button { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; cursor: pointer; }
button:disabled { opacity: .6; cursor: progress; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
output { display: block; min-height: 3em; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; table-layout: fixed; }
th, td { padding: .3rem .25rem; border-bottom: 1px solid var(--line); height: 2.1rem; }
thead th { color: var(--quiet); }
`;
