const NAME = /^[a-z][a-z0-9-]{0,62}$/;

/** Checks the name of an app or a resource: lower-case letters, digits and hyphens, as the strictest cloud wants them. */
export function checkedName(what: string, name: string): string {
  if (typeof name === 'string' && NAME.test(name) && !name.endsWith('-')) return name;
  throw new TypeError(
    `${what}: the name ${JSON.stringify(name)} must match ${NAME.source} and not end in a hyphen (1 to 63 characters)`,
  );
}

/** The same for a resource of an app: names that begin with `skein-` are the rooms' own. */
export function ownName(what: string, name: string): string {
  if (checkedName(what, name).startsWith('skein-')) throw new TypeError(`${what}: the name '${name}' is reserved`);
  return name;
}

/** Refuses an option that is not known: a misspelt one would be silently ignored. */
export function checkedOptionNames(what: string, options: object, known: readonly string[]): void {
  if (options === null || typeof options !== 'object') throw new TypeError(`${what}: the options must be an object`);
  const wrong = Object.keys(options).find((key) => !known.includes(key));
  if (wrong !== undefined) throw new TypeError(`${what}: unknown option '${wrong}'; known: ${known.join(', ')}`);
}
