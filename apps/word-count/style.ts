import { sharedStyle } from '../style.ts';

/** The page's style sheet; a route serves it, so that the page needs no inline style. */
export const style = `${sharedStyle}
h2 { margin-bottom: .5rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
form { gap: .6rem; }
fieldset { border: 0; margin: 0; padding: 0; display: grid; gap: .25rem; }
fieldset label { display: flex; gap: .5rem; align-items: center; min-height: 2.25rem; }
fieldset input { width: 1.2rem; height: 1.2rem; accent-color: var(--accent); }
textarea { resize: vertical; font-family: ui-monospace, monospace; font-size: .95rem; }
textarea:disabled { opacity: .5; }
.buttons { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .6rem; }
button.second { background: transparent; color: var(--accent); }
progress { width: 100%; height: .75rem; accent-color: var(--accent); }
output { margin: .25rem 0 .5rem; }
th, td { text-align: left; }
tbody th { font-weight: 400; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
th:last-child, td { text-align: right; width: 30%; }
.whole { margin: 1rem 0 0; }
.off { visibility: hidden; }
`;
