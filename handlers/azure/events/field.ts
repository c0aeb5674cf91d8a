/** A field whatever the case of its name: the library and the host spell metadata differently, and so do versions of either. */
export function fieldOf(object: unknown, name: string): unknown {
  if (object === null || typeof object !== 'object') return undefined;
  const found = Object.entries(object).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return found?.[1];
}

export function textOf(object: unknown, name: string): string | undefined {
  const found = fieldOf(object, name);
  return typeof found === 'string' && found !== '' ? found : undefined;
}
