import { sharedStyle } from '../style.ts';

/** The page's style sheet; a route serves it, so that the page needs no inline style. */
export const style = `${sharedStyle}
form { grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; align-items: end; }
.wide { grid-column: 1 / -1; }
label { display: grid; gap: .2rem; font-weight: 600; }
input[aria-invalid="true"], select[aria-invalid="true"] { border-color: var(--alarm); }
output { margin: .75rem 0 0; }
th, td { text-align: right; overflow-wrap: anywhere; }
thead th { font-weight: 600; }
th:first-child { width: 35%; font-weight: 400; }
dl { display: grid; grid-template-columns: 7rem 1fr; gap: .2rem .75rem; margin: 0; min-height: 7.5rem; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; min-height: 1.5rem; }
`;
