/** What Lambda hands to a handler: JSON of which nothing is certain. */
export type LambdaEvent = Readonly<Record<string, unknown>>;

/** An object as it is; anything else as one without fields, so that a missing field and a wrong one read alike. */
export function fields(value: unknown): LambdaEvent {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as LambdaEvent) : NOTHING;
}

const NOTHING: LambdaEvent = Object.freeze({});

/** The field under `path`. What objects inherit is no field: a header may well be called `constructor`. */
export function fieldAt(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const name of path) {
    const owner = fields(found);
    if (!Object.hasOwn(owner, name)) return undefined;
    found = owner[name];
  }
  return found;
}

export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = fieldAt(value, ...path);
  return typeof found === 'string' ? found : undefined;
}
