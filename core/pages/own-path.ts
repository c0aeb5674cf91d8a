/** No name of the internet: what resolves against it and stays on it is a path of our own. */
const NOWHERE = 'http://skein.invalid';

/** The path to go on to after a login: `/` for anything that would leave this site. */
export function ownPath(next: string | undefined): string {
  if (next === undefined || !next.startsWith('/') || !URL.canParse(next, NOWHERE)) return '/';
  const { origin, pathname, search } = new URL(next, NOWHERE);
  // What was parsed counts, not what was given: `/\host`, `/<tab>/host` and `/.//host` are other hosts, too.
  return origin === NOWHERE && !pathname.startsWith('//') ? `${pathname}${search}` : '/';
}
