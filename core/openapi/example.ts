import type { JsonSchema, OpenApi, Operation } from './openapi.ts';

type Schemas = OpenApi['components']['schemas'];

/** Deeper parts of an example are `null`: a schema may hold itself. */
const DEEPEST = 6;

/** A value such as a schema means, with only what has to be there. */
function exampleOf(given: JsonSchema, schemas: Schemas, depth = 0): unknown {
  const schema = resolved(given, schemas);
  const {
    type,
    properties = {},
    required = [],
    items,
    prefixItems = [],
    minItems = 0,
    minLength = 0,
  } = schema as Known;
  for (const name of ['default', 'const', 'example'] as const) if (schema[name] !== undefined) return schema[name];
  const first = listOf(schema.enum)[0] ?? listOf(schema.examples)[0];
  if (first !== undefined) return first;
  if (depth >= DEEPEST) return null;
  const [choice] = [...listOf(schema.anyOf), ...listOf(schema.oneOf), ...listOf(schema.allOf)];
  if (choice !== undefined) return exampleOf(choice as JsonSchema, schemas, depth + 1);
  const of = (one: JsonSchema | undefined): unknown => exampleOf(one ?? {}, schemas, depth + 1);
  switch (Array.isArray(type) ? type[0] : type) {
    case 'string':
      return 'text'.padEnd(minLength, '.');
    case 'integer':
    case 'number':
      return typeof schema.minimum === 'number' ? schema.minimum : 0;
    case 'boolean':
      return false;
    case 'null':
      return null;
    case 'array':
      return prefixItems.length > 0 ? prefixItems.map(of) : Array.from({ length: minItems }, () => of(items));
  }
  return Object.fromEntries(required.map((name) => [name, of(properties[name])]));
}

interface Known {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly minItems?: number;
  readonly minLength?: number;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What a schema refers to, or itself. */
function resolved(schema: JsonSchema, schemas: Schemas): JsonSchema {
  const { $ref } = schema;
  if (typeof $ref !== 'string') return schema;
  return schemas[$ref.replace('#/components/schemas/', '')] ?? {};
}

/** A command for a POSIX shell; what the reader has to fill in is in capitals. */
export function curlOf(origin: string, path: string, method: string, operation: Operation, schemas: Schemas): string {
  const { parameters = [], requestBody, security } = operation;
  const query = parameters
    .filter((one) => one.in === 'query' && one.required === true)
    .map((one) => `${encodeURIComponent(one.name)}=${encodeURIComponent(String(exampleOf(one.schema, schemas)))}`);
  const filled = path.replace(/\{([^}]*)\}/g, (_, name: string) => name.toUpperCase());
  const words = [
    `curl${method === 'get' ? '' : ` -X ${method.toUpperCase()}`}`,
    quoted(`${origin}${filled}${query.length > 0 ? `?${query.join('&')}` : ''}`),
    ...(security.length > 0 ? ['-H "Authorization: Bearer $SKEIN_ADMIN_KEY"'] : []),
  ];
  for (const [type, { schema }] of Object.entries(requestBody?.content ?? {})) {
    if (type === 'application/json')
      words.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(exampleOf(schema, schemas)))}`);
    else if (type === '*/*') words.push('--data-binary @FILE');
    else words.push(`-d 'key=KEY'`);
  }
  return words.join(' \\\n  ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
