import { METHODS, type OpenApi, type Operation, type Parameter } from './openapi.ts';
import type { PathTemplate } from './path.ts';

/** An operation before it has its place. */
export type Draft = Omit<Operation, 'operationId' | 'parameters'> & { readonly parameters: readonly Parameter[] };

/** Collects the operations of a document by path and method. */
export function makePaths() {
  /** By shape, because OpenAPI takes paths for equal that differ in the names of their parameters alone. */
  const found = new Map<string, { readonly at: PathTemplate; readonly operations: Map<string, Operation> }>();
  const ids = new Set<string>();
  return {
    /** Of two operations in one place the first counts, as it does in Hono. */
    add(given: PathTemplate, method: string, draft: (id: string) => Draft): void {
      const place = found.get(given.shape) ?? { at: given, operations: new Map() };
      found.set(given.shape, place);
      if (place.operations.has(method)) return;
      const operationId = unique(ids, method + given.path.replace(/[{}]/g, '').replace(/[^A-Za-z0-9]+/g, '_'));
      const { parameters, ...rest } = draft(operationId);
      const all = [...pathParameters(place.at, given, parameters), ...parameters.filter((one) => one.in !== 'path')];
      place.operations.set(method, { operationId, ...rest, ...(all.length > 0 && { parameters: all }) });
    },
    all: (): OpenApi['paths'] =>
      Object.fromEntries(
        [...found.values()]
          .sort(({ at: one }, { at: other }) => (one.path < other.path ? -1 : 1))
          .map(({ at, operations }) => [at.path, Object.fromEntries([...operations].sort(byMethod))]),
      ),
  };
}

function byMethod([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  const order: readonly string[] = METHODS;
  return order.indexOf(one) - order.indexOf(other);
}

function unique(taken: Set<string>, wanted: string): string {
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted}_${count}`;
  taken.add(name);
  return name;
}

/** Under the names of the path that the document has, with what is described under the names of this route's own. */
function pathParameters(at: PathTemplate, own: PathTemplate, described: readonly Parameter[]): Parameter[] {
  return own.parameters.map(({ name, pattern, rest }, place) => {
    const known = described.find((one) => one.in === 'path' && one.name === name);
    const schema = { type: 'string', ...(pattern !== undefined && !rest && { pattern: `^(?:${pattern})$` }) };
    return {
      name: at.parameters[place]?.name ?? name,
      in: 'path',
      required: true,
      ...(rest && { description: 'It may have slashes, which stay as they are.' }),
      schema: known?.schema ?? schema,
    };
  });
}
