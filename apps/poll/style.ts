import { sharedStyle } from '../style.ts';

/** The pages' style sheet; a route serves it, so that they need no inline style. */
export const style = `${sharedStyle}
h1, h2 { overflow-wrap: anywhere; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
form { gap: .75rem; }
label { display: grid; gap: .2rem; font-weight: 600; }
label input:not([type="radio"]), label textarea { font-weight: 400; }
textarea { resize: vertical; }
textarea:disabled { opacity: .6; }
[aria-invalid="true"] { border-color: var(--alarm); }
fieldset { border: 0; margin: 0; padding: 0; display: grid; gap: .5rem; min-width: 0; }
.option {
  display: grid;
  grid-template-columns: auto 1fr;
  gap: .75rem;
  align-items: center;
  min-height: 2.75rem;
  padding: .4rem .75rem;
  border: 1px solid var(--line);
  border-radius: .4rem;
  font-weight: 400;
  cursor: pointer;
}
.option span { overflow-wrap: anywhere; min-width: 0; }
.option:has(:checked) { border-color: var(--accent); }
.option input { width: 1.2rem; height: 1.2rem; margin: 0; accent-color: var(--accent); }
fieldset:disabled .option { cursor: default; opacity: .7; }
fieldset:disabled button { cursor: default; }
output { margin: .75rem 0 0; }
#results { list-style: none; margin: 0 0 .75rem; padding: 0; display: grid; gap: .75rem; }
#results li { display: grid; grid-template-columns: 1fr 8.5rem; gap: .2rem .5rem; align-items: end; }
.name { overflow-wrap: anywhere; min-width: 0; }
.count { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
progress { grid-column: 1 / -1; width: 100%; height: .9rem; accent-color: var(--accent); }
details { margin-top: .75rem; }
summary { cursor: pointer; min-height: 2.75rem; align-content: center; color: var(--accent); }
.danger { background: transparent; border-color: var(--alarm); color: var(--alarm); }
`;
