import type { App } from '../../../core/app.ts';
import type { Resource, ResourceKind, ResourceOf } from '../../../core/resources/access.ts';
import { declaredResources } from '../../../core/resources/declared.ts';
import { SetupError } from '../../../core/setup-error.ts';

/** An environment variable of the functions, and what a deployment puts there. */
export interface Variable {
  readonly name: string;
  readonly resource: Resource;
  readonly holds: 'bucket name' | 'queue URL' | 'dead letter queue URL' | 'table name' | 'secret id' | 'machine ARN';
}

type Holdings = readonly (readonly [prefix: string, holds: Variable['holds']])[];

const VARIABLES: { readonly [K in ResourceKind]: Holdings } = {
  bucket: [['SKEIN_BUCKET_', 'bucket name']],
  queue: [
    ['SKEIN_QUEUE_', 'queue URL'],
    ['SKEIN_DEAD_QUEUE_', 'dead letter queue URL'],
  ],
  table: [['SKEIN_TABLE_', 'table name']],
  // Without `ID` it is the secret itself, on a laptop.
  secret: [['SKEIN_SECRET_ID_', 'secret id']],
  workflow: [['SKEIN_MACHINE_', 'machine ARN']],
};

/** The table where the room keeps its runs; apps cannot declare it. */
export const RUNS: ResourceOf<'table'> = { kind: 'table', name: 'skein-runs' };
/** The bucket where the room keeps claims of large values; apps cannot declare it. */
export const CLAIMS: ResourceOf<'bucket'> = { kind: 'bucket', name: 'skein-claims' };
/** Opens management; where it is not set nobody has the key. */
export const ADMIN_KEY = 'SKEIN_ADMIN_KEY';
/** Proves that a request came through the CloudFront of this deployment; where it is not set none is believed to. */
export const FRONT_KEY = 'SKEIN_FRONT_KEY';

export function variablesOf(resource: Resource): readonly Variable[] {
  const ending = resource.name.toUpperCase().replaceAll('-', '_');
  return VARIABLES[resource.kind].map(([prefix, holds]) => ({ name: `${prefix}${ending}`, resource, holds }));
}

/**
 * Every variable that the functions of an app may read, the room's own included.
 *
 * @throws SetupError where two workflows would share one.
 */
export function environmentOf(app: App): readonly Variable[] {
  const own = app.workflows.length === 0 ? [] : [RUNS, CLAIMS];
  const declared = (['bucket', 'queue', 'table', 'secret'] as const).flatMap((kind): readonly Resource[] => [
    ...declaredResources([app], kind).values(),
  ]);
  const machines = app.workflows.map(({ name }): Resource => ({ kind: 'workflow', name }));
  const found = new Map<string, Variable>();
  for (const variable of [...declared, ...machines, ...own].flatMap(variablesOf)) {
    const other = found.get(variable.name);
    if (other !== undefined)
      throw new SetupError(
        `the workflows '${other.resource.name}' and '${variable.resource.name}' would share ${variable.name}; rename one`,
      );
    found.set(variable.name, variable);
  }
  return [...found.values()];
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says of a resource, in the order of its variables; `undefined` where it does not say all. */
export function physical(resource: Resource, env: Environment): readonly string[] | undefined {
  const values = variablesOf(resource).flatMap(({ name }) => env[name] || []);
  return values.length === VARIABLES[resource.kind].length ? values : undefined;
}
