import type { Json } from '../../../core/json.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, Json>>;
  readonly DependsOn?: string | readonly string[];
}
export type Resources = Readonly<Record<string, Resource>>;

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: Json;
}

/** A resource that a value refers to, or its attribute. */
export interface Reference {
  readonly id: string;
  readonly attribute?: string;
}

/** What a value refers to, in whichever way. */
export function referencesIn(value: unknown): readonly Reference[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'Ref') return [{ id: String(inner) }];
    if (key === 'Fn::GetAtt') return [attributeOf(Array.isArray(inner) ? inner.join('.') : String(inner))];
    if (key === 'Fn::Sub') return variablesIn(inner);
    if (key === 'DependsOn') return [inner].flat().map((id) => ({ id: String(id) }));
    return referencesIn(inner);
  });
}

/** `Firewall.Arn`: attributes of attributes have more points. */
function attributeOf(text: string): Reference {
  const [id = '', ...attribute] = text.split('.');
  return attribute.length === 0 ? { id } : { id, attribute: attribute.join('.') };
}

function variablesIn(sub: unknown): readonly Reference[] {
  const [text, values = {}] = (Array.isArray(sub) ? sub : [sub]) as [string, Record<string, unknown>?];
  const names = [...text.matchAll(/\$\{([^!][^}]*)\}/g)].map(([, name = '']) => name);
  return [...names.filter((name) => !Object.hasOwn(values, name)).map(attributeOf), ...referencesIn(values)];
}

/** What is referred to and is not there. */
export function danglingIn(resources: Resources, rest: unknown = {}): readonly string[] {
  const known = (id: string): boolean => id.startsWith('AWS::') || Object.hasOwn(resources, id);
  return [...new Set(referencesIn({ resources, rest }).map(({ id }) => id))].filter((id) => !known(id));
}

/** A circle of resources that wait for each other, which CloudFormation refuses; empty where there is none. */
export function circleIn(resources: Resources): readonly string[] {
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): readonly string[] => {
    if (path.includes(id)) return [...path.slice(path.indexOf(id)), id];
    if (done.has(id)) return [];
    for (const { id: next } of referencesIn(resources[id])) {
      const circle = Object.hasOwn(resources, next) ? visit(next, [...path, id]) : [];
      if (circle.length > 0) return circle;
    }
    done.add(id);
    return [];
  };
  return (
    Object.keys(resources)
      .map((id) => visit(id, []))
      .find((circle) => circle.length > 0) ?? []
  );
}

export function ofType(resources: Resources, type: string): readonly (readonly [string, Record<string, Json>])[] {
  return Object.entries(resources)
    .filter(([, { Type }]) => Type === type)
    .map(([id, { Properties = {} }]) => [id, Properties]);
}

export function statementsOf(role: Resource | undefined): readonly Statement[] {
  const policies = (role?.Properties?.Policies ?? []) as unknown as { PolicyDocument: { Statement: Statement[] } }[];
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

/** `[action, where]`: the resource as short as it can be told. */
export function granted(role: Resource | undefined): readonly string[] {
  return statementsOf(role)
    .flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((where) => `${action} on ${told(where)}`)),
    )
    .sort();
}

function told(where: unknown): string {
  if (typeof where === 'string') return where;
  const { Ref, 'Fn::GetAtt': att, 'Fn::Sub': sub } = where as Record<string, unknown>;
  return String(Ref ?? (Array.isArray(att) ? att.join('.') : undefined) ?? sub);
}

/** The definition of a state machine as Step Functions gets it. */
export function definitionOf(properties: Readonly<Record<string, Json>>): string {
  const substitutions = properties.DefinitionSubstitutions as Record<string, Json>;
  return String(properties.DefinitionString).replace(/\$\{(\w+)\}/g, (_, name: string) => {
    if (!Object.hasOwn(substitutions, name)) throw new Error(`nothing is put in for ${name}`);
    return `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
  });
}
