import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import type { JsonSchema } from './openapi.ts';

export type Side = 'input' | 'output';

export type Components = ReturnType<typeof makeComponents>;

/** What is said of a schema whose library has no JSON Schema for it, such as one with a date or a function in it. */
const UNSAID: JsonSchema = { description: 'Its schema cannot be written as JSON Schema.' };

/** The schemas that a document keeps in one place, because they refer to each other. */
export function makeComponents(known: Readonly<Record<string, JsonSchema>>) {
  const schemas = new Map<string, JsonSchema>(Object.entries(known));
  return {
    /** A schema as it stands in the document; `name` is for those of its parts that have to be referred to. */
    of(schema: StandardSchemaV1 | undefined, side: Side, name: string): JsonSchema {
      const said = schema === undefined ? {} : jsonSchema(schema, side);
      if (said === undefined) return UNSAID;
      const {
        $schema: _,
        $defs,
        ...root
      } = said as JsonSchema & { readonly $defs?: Readonly<Record<string, JsonSchema>> };
      const prefix = name.replace(/[^A-Za-z0-9._-]/g, '_');
      // A reference is from the root of the document, wherever the schema stands in it.
      const referTo = (ref: string): string => {
        const inner = /^#\/\$defs\/(.+)$/.exec(ref)?.[1];
        if (inner !== undefined) return reference(partName(prefix, inner));
        return ref === '#' ? reference(prefix) : ref;
      };
      for (const [part, one] of Object.entries($defs ?? {}))
        schemas.set(partName(prefix, part), referring(one, referTo) as JsonSchema);
      const whole = referring(root, referTo) as JsonSchema;
      if (!JSON.stringify(whole).includes(`"${reference(prefix)}"`)) return whole;
      schemas.set(prefix, whole);
      return { $ref: reference(prefix) };
    },
    /** All of them, by name. */
    all: (): Readonly<Record<string, JsonSchema>> =>
      Object.fromEntries([...schemas].sort(([one], [other]) => (one < other ? -1 : 1))),
  };
}

/** What the schema's own library says; `undefined` where it cannot. */
function jsonSchema(schema: StandardSchemaV1, side: Side): JsonSchema | undefined {
  const { jsonSchema } = schema['~standard'] as Partial<StandardJSONSchemaV1.Props>;
  try {
    return jsonSchema?.[side]({ target: 'draft-2020-12' });
  } catch {
    return undefined;
  }
}

function reference(name: string): string {
  return `#/components/schemas/${name}`;
}

function partName(prefix: string, part: string): string {
  return `${prefix}.${part.replace(/[^A-Za-z0-9._-]/g, '_')}`;
}

/** Keywords whose values are data, in which `$ref` means nothing. */
const DATA = ['default', 'const', 'enum', 'examples'];

function referring(value: unknown, referTo: (ref: string) => string): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => referring(item, referTo));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (key === '$ref' && typeof item === 'string') return [key, referTo(item)];
      return [key, DATA.includes(key) ? item : referring(item, referTo)];
    }),
  );
}
