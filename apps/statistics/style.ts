import { sharedStyle } from '../style.ts';

/** The pages' style sheet; a route serves it, so that they need no inline style. */
export const style = `${sharedStyle}
h2 { margin-bottom: .5rem; }
form { gap: .6rem; }
form p { margin: 0; font-size: .9rem; }
label { font-weight: 600; }
textarea { resize: vertical; font-family: ui-monospace, monospace; font-size: .95rem; }
textarea[aria-invalid="true"] { border-color: var(--alarm); }
output { margin: 0 0 .5rem; }
th { text-align: left; width: 6rem; color: var(--quiet); font-weight: 400; vertical-align: top; }
td { text-align: right; overflow-wrap: anywhere; }
.foot { margin: 1rem 0 0; font-size: .9rem; }
.dead { list-style: none; margin: 0 0 .75rem; padding: 0; min-height: 3rem; }
.dead li { border-bottom: 1px solid var(--line); padding: .5rem 0; overflow-wrap: anywhere; }
.dead p { margin: 0; }
`;
