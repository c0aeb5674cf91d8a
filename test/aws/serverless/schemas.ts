import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Resources, referencesIn } from './template.ts';

const TOOL = new URL('../../../tools/aws-schemas/', import.meta.url);
export const hasSchemas = existsSync(new URL('node_modules/@aws-cdk/aws-service-spec', TOOL));
/** What a skipped test says. */
export const SCHEMAS_WANTED = 'npm run tools:aws-schemas';

type Type =
  | { readonly type: 'string' | 'integer'; readonly allowedValues?: readonly (string | number)[] }
  | { readonly type: 'number' | 'boolean' | 'json' | 'date-time' | 'null' | 'tag' }
  | { readonly type: 'array' | 'map'; readonly element: Type }
  | { readonly type: 'ref'; readonly reference: { readonly $ref: string } }
  | { readonly type: 'union'; readonly types: readonly Type[] };
interface Defined {
  readonly properties: Readonly<Record<string, { readonly type: Type; readonly required?: boolean }>>;
}
interface ResourceSchema extends Defined {
  readonly attributes: Readonly<Record<string, { readonly type: Type }>>;
}
interface Database {
  lookup(entity: 'resource', index: 'cloudFormationType', how: 'equals', type: string): readonly ResourceSchema[];
  get(entity: 'typeDefinition', id: string): Defined;
}

/**
 * What CloudFormation's own schemas have against a template: types, names and values of properties, those that must be there, and
 * attributes. They know neither lengths nor patterns.
 */
export function schemaComplaints(resources: Resources, outputs: object): readonly string[] {
  const { loadAwsServiceSpecSync } = createRequire(TOOL)('@aws-cdk/aws-service-spec') as {
    loadAwsServiceSpecSync(): Database;
  };
  const database = loadAwsServiceSpecSync();
  const schemaOf = (id: string): ResourceSchema | undefined =>
    database.lookup('resource', 'cloudFormationType', 'equals', resources[id]?.Type ?? '')[0];

  const structure = (value: object, { properties }: Defined, at: string): string[] => {
    const missing = Object.entries(properties).filter(([name, one]) => one.required && !Object.hasOwn(value, name));
    return [
      ...missing.map(([name]) => `${at}: ${name} is missing`),
      ...Object.entries(value).flatMap(([name, inner]) => {
        const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
        return known === undefined ? [`${at}: there is no ${name}`] : complaintsOn(inner, known.type, `${at}.${name}`);
      }),
    ];
  };

  const complaintsOn = (value: unknown, type: Type, at: string): string[] => {
    const wrong = (ok: boolean): string[] => (ok ? [] : [`${at}: ${JSON.stringify(value)} is no ${type.type}`]);
    if (type.type === 'union') {
      const each = type.types.map((one) => complaintsOn(value, one, at));
      return each.some((complaints) => complaints.length === 0) ? [] : (each[0] ?? []);
    }
    if (isIntrinsic(value)) return wrong(TEXTS.has(type.type));
    switch (type.type) {
      case 'json':
        return [];
      case 'date-time':
      case 'string':
      case 'integer':
      case 'number':
      case 'boolean': {
        const basic = type.type === 'integer' ? Number.isInteger(value) : typeof value === (BASIC[type.type] ?? '');
        const allowed = 'allowedValues' in type ? type.allowedValues : undefined;
        if (!basic || allowed === undefined || allowed.includes(value as string | number)) return wrong(basic);
        return [`${at}: ${JSON.stringify(value)} is none of ${allowed.join(', ')}`];
      }
      case 'null':
        return wrong(value === null);
      case 'tag':
        return wrong(isObject(value) && Object.keys(value).sort().join() === 'Key,Value');
      case 'array':
        if (!Array.isArray(value)) return wrong(false);
        return value.flatMap((one, index) => complaintsOn(one, type.element, `${at}[${index}]`));
      case 'map':
        if (!isObject(value)) return wrong(false);
        return Object.entries(value).flatMap(([key, one]) => complaintsOn(one, type.element, `${at}.${key}`));
      case 'ref':
        if (!isObject(value)) return wrong(false);
        return structure(value, database.get('typeDefinition', type.reference.$ref), at);
    }
  };

  return [
    ...Object.entries(resources).flatMap(([id, { Type, Properties = {} }]) => {
      const schema = schemaOf(id);
      return schema === undefined ? [`${id}: there is no ${Type}`] : structure(Properties, schema, `${id} (${Type})`);
    }),
    ...referencesIn({ resources, outputs }).flatMap(({ id, attribute }) => {
      if (attribute === undefined || !Object.hasOwn(resources, id)) return [];
      return Object.hasOwn(schemaOf(id)?.attributes ?? {}, attribute) ? [] : [`${id} has no attribute ${attribute}`];
    }),
  ];
}

/** What a reference can stand for: all that this template refers to are texts. */
const TEXTS: ReadonlySet<string> = new Set(['string', 'json', 'date-time']);
const BASIC: Readonly<Record<string, string>> = {
  string: 'string',
  'date-time': 'string',
  number: 'number',
  boolean: 'boolean',
};

function isObject(value: unknown): value is object {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function isIntrinsic(value: unknown): boolean {
  if (!isObject(value)) return false;
  const [name = '', ...others] = Object.keys(value);
  return others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'));
}
