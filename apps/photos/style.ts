import { sharedStyle } from '../style.ts';

/** The pages' style sheet; a route serves it, so that they need no inline style. */
export const style = `${sharedStyle}
main { max-width: 60rem; }
h1 { overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: .75rem 0 .25rem; }
form { gap: .75rem; }
label { display: grid; gap: .2rem; font-weight: 600; }
label input[type], label span { font-weight: 400; }
label b { font-weight: 600; }
input[type="file"] { padding: .55rem .6rem; }
input[type="file"]::file-selector-button {
  font: inherit;
  margin: 0 .75rem 0 0;
  padding: .1rem .6rem;
  border: 1px solid var(--line);
  border-radius: .3rem;
  background: var(--card);
  color: var(--text);
}
output { margin: .5rem 0 0; }
#own {
  list-style: none;
  margin: 0;
  padding: 0 .6rem;
  height: 12rem;
  overflow-y: auto;
  border: 1px solid var(--line);
  border-radius: .4rem;
  background: var(--paper);
}
#own:empty::after { content: "Nothing here yet."; display: block; padding: .6rem 0; color: var(--quiet); }
#own li {
  display: grid;
  grid-template-columns: minmax(0, 1fr) auto;
  gap: .1rem .75rem;
  align-items: center;
  padding: .5rem 0;
  border-bottom: 1px solid var(--line);
}
#own .live { min-height: 5.5rem; align-content: start; }
#own li:last-child { border-bottom: 0; }
#own .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
#own .state { grid-column: 1; color: var(--quiet); font-size: .9rem; overflow-wrap: anywhere; }
#own [data-state="refused"] .state { color: var(--alarm); }
#own form { grid-column: 2; grid-row: 1 / span 2; }
#own progress { grid-column: 1 / -1; width: 100%; height: .6rem; accent-color: var(--accent); }
.plain { background: transparent; border-color: var(--line); color: var(--text); font-weight: 400; }
.danger { background: transparent; border-color: var(--alarm); color: var(--alarm); }
#gallery {
  list-style: none;
  margin: .75rem 0 0;
  padding: 0;
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(min(11rem, 45%), 1fr));
  gap: .75rem;
}
#gallery li { position: relative; min-width: 0; }
#gallery a { display: grid; gap: .25rem; color: var(--text); text-decoration: none; }
#gallery a:hover .name { text-decoration: underline; }
#gallery img {
  width: 100%;
  height: auto;
  aspect-ratio: 1;
  object-fit: cover;
  border-radius: .4rem;
  background: var(--line);
}
#gallery .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: .95rem; }
.mine {
  position: absolute;
  top: .4rem;
  left: .4rem;
  padding: 0 .45rem;
  border-radius: .3rem;
  background: var(--card);
  color: var(--text);
  font-size: .8rem;
}
.pages { display: flex; justify-content: space-between; gap: 1rem; }
.pages a { display: inline-block; padding: .75rem 0 0; }
figure { margin: 1rem 0 0; }
figure img { display: block; max-width: 100%; height: auto; max-height: 80vh; object-fit: contain; margin: 0 auto; }
figcaption { margin-top: .5rem; }
summary { cursor: pointer; min-height: 2.75rem; align-content: center; color: var(--accent); }
`;
