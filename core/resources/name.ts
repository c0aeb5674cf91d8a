const NAME = /^[a-z][a-z0-9-]{0,62}$/;

/** Checks the name of an app or a resource: lower-case letters, digits and hyphens, as the strictest cloud wants them. */
export function checkedName(what: string, name: string): string {
  if (typeof name === 'string' && NAME.test(name) && !name.endsWith('-')) return name;
  throw new TypeError(
    `${what}: the name ${JSON.stringify(name)} must match ${NAME.source} and not end in a hyphen (1 to 63 characters)`,
  );
}
