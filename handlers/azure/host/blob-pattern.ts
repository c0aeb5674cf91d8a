/** The path of a blob trigger, such as `samples/{name}.{ending}`. */
export interface BlobPattern {
  readonly container: string;
  /** What names begin with, for the listing. */
  readonly prefix: string;
  /** The parameters of a blob's name, or `undefined` where it is another one. */
  match(name: string): Readonly<Record<string, string>> | undefined;
}

/** A parameter takes slashes too; the first takes as much as it can. A path that is a container alone is each blob of it. */
export function blobPattern(path: string): BlobPattern {
  const at = path.indexOf('/');
  const container = at < 0 ? path : path.slice(0, at);
  const pattern = at < 0 ? '{name}' : path.slice(at + 1);
  const names: string[] = [];
  const source = pattern.replace(/\{\{|\}\}|\{([^{}]+)\}|[^{}]+/g, (part, name: string | undefined) => {
    if (name === undefined) return (part === '{{' ? '{' : part === '}}' ? '}' : part).replace(/[^\w/]/g, '\\$&');
    names.push(name);
    return '(.+)';
  });
  const expression = new RegExp(`^${source}$`);
  return {
    container,
    prefix: /^[^{]*/.exec(pattern)?.[0] ?? '',
    match(name) {
      const found = expression.exec(name);
      return found === null ? undefined : Object.fromEntries(names.map((one, index) => [one, found[index + 1] ?? '']));
    },
  };
}
