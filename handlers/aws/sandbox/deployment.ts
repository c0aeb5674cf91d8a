import type { Json } from '../../../core/json.ts';
import { type Cron, parseCron } from '../../../core/triggers/cron.ts';
import type { Definition } from '../workflow/index.ts';
import type { CorsRule } from './cors.ts';
import type { Route } from './routes.ts';
import { REGION, resolverOf, type Template } from './template.ts';

type Fields = { readonly [name: string]: Json };

/** A statement of a role's policy, with every reference put in. */
export interface Allowed {
  readonly actions: readonly string[];
  /** ARNs, in which a `*` is anything. */
  readonly resources: readonly string[];
}

export interface DeployedFunction {
  /** Its logical id. */
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  /** The name of its archive in the folder of the package. */
  readonly archive: string;
  readonly handler: string;
  /** Seconds. */
  readonly timeout: number;
  /** MiB. */
  readonly memory: number;
  readonly env: Readonly<Record<string, string>>;
  readonly allowed: readonly Allowed[];
  /** Environments that it may have; `undefined` where nothing says so. */
  readonly reserved: number | undefined;
}

export interface DeployedQueue {
  readonly name: string;
  readonly arn: string;
  /** As CreateQueue takes them. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Whether dead letters of another go there: those are made first. */
  readonly last: boolean;
}

export interface Notification {
  readonly bucket: string;
  readonly queue: string;
  readonly prefix: string;
  readonly suffix: string;
}

export interface Mapping {
  readonly queue: string;
  readonly function: string;
  readonly batch: number;
  readonly concurrency: number;
}

export interface Schedule {
  readonly name: string;
  readonly times: Cron;
  readonly queue: string;
  readonly input: string;
}

export interface Rule {
  readonly statuses: readonly string[];
  readonly machines: readonly string[];
  readonly functions: readonly string[];
}

/** An HTTP API, and what answers its requests. */
export interface Api {
  readonly name: string;
  readonly routes: readonly Route[];
  /** Where browsers find it on AWS: its own host, and CloudFront's where that stands before it. */
  readonly origins: readonly string[];
}

/** What a package deploys, read from its template. References are ARNs. */
export interface Deployment {
  readonly apis: readonly Api[];
  readonly functions: readonly DeployedFunction[];
  readonly buckets: readonly string[];
  /** The rules of buckets that have any. */
  readonly cors: ReadonlyMap<string, readonly CorsRule[]>;
  readonly notifications: readonly Notification[];
  readonly queues: readonly DeployedQueue[];
  readonly tables: readonly string[];
  /** Logical id and ARN. */
  readonly secrets: readonly { readonly id: string; readonly arn: string; readonly description: string }[];
  readonly machines: readonly { readonly arn: string; readonly definition: Definition }[];
  readonly mappings: readonly Mapping[];
  readonly schedules: readonly Schedule[];
  readonly rules: readonly Rule[];
}

/** The bucket that the archives are put into: no function reaches it. */
const ARCHIVES = 'ServerlessDeploymentBucket';

/**
 * What the template of a package deploys.
 *
 * @param endpoint where the cloud of this machine answers.
 * @param secrets values of secrets that functions have in their environment, by logical id.
 * @throws Error naming a reference that this machine has nothing for.
 */
export function deploymentOf(
  template: Template,
  endpoint: string,
  secrets: Readonly<Record<string, string>>,
): Deployment {
  const { value, text, arn, name, all, attribute } = resolverOf(template, endpoint, secrets);
  const fields = (given: Json | undefined): Fields => (given ?? {}) as Fields;
  const list = (given: Json | undefined): readonly Json[] => (given === undefined ? [] : ([given].flat() as Json[]));
  const texts = (given: Json | undefined): readonly string[] => list(given).map(text);
  const corsRule = ({ AllowedOrigins, AllowedMethods, AllowedHeaders, ExposedHeaders, MaxAge }: Fields): CorsRule => ({
    origins: texts(AllowedOrigins),
    methods: texts(AllowedMethods),
    headers: texts(AllowedHeaders),
    exposed: texts(ExposedHeaders),
    maxAge: MaxAge === undefined ? undefined : Number(MaxAge),
  });
  const roles = new Map(
    all('AWS::IAM::Role').map(([id, { Policies }]) => [
      arn(id),
      list(Policies)
        .flatMap((policy) => list(fields(fields(policy).PolicyDocument).Statement))
        .map((one): Allowed => ({ actions: texts(fields(one).Action), resources: texts(fields(one).Resource) })),
    ]),
  );
  const integrations = new Map(
    all('AWS::ApiGatewayV2::Integration').map(([id, { IntegrationUri }]) => [name(id), text(IntegrationUri)]),
  );
  const distributions = all('AWS::CloudFront::Distribution').flatMap(([id, { DistributionConfig }]) =>
    list(fields(DistributionConfig).Origins).map((origin) => ({
      origin: `https://${attribute(id, 'DomainName')}`,
      before: `https://${text(fields(origin).DomainName)}`,
    })),
  );
  const apis = all('AWS::ApiGatewayV2::Api').map(([id]): Api => {
    const routes = all('AWS::ApiGatewayV2::Route').flatMap(([, { ApiId, RouteKey, Target }]): Route[] => {
      const found = integrations.get(text(Target).replace('integrations/', ''));
      return found === undefined || text(ApiId) !== name(id) ? [] : [{ key: text(RouteKey), function: found }];
    });
    const own = `https://${hostOf(name(id))}`;
    const fronts = distributions.flatMap(({ origin, before }) => (before === own ? [origin] : []));
    return { name: name(id), routes, origins: [own, ...fronts] };
  });
  const queues = all('AWS::SQS::Queue').map(([id, properties]): DeployedQueue => {
    const { QueueName: _, SqsManagedSseEnabled: __, RedrivePolicy, ...rest } = properties;
    return {
      name: name(id),
      arn: arn(id),
      attributes: {
        ...Object.fromEntries(Object.entries(rest).map(([key, one]) => [key, String(value(one))])),
        ...(RedrivePolicy !== undefined && { RedrivePolicy: JSON.stringify(value(RedrivePolicy)) }),
      },
      last: RedrivePolicy !== undefined,
    };
  });
  return {
    ...{ queues, apis },
    functions: all('AWS::Lambda::Function').map(([id, properties]) => ({
      ...{ id, name: name(id), arn: arn(id), handler: text(properties.Handler) },
      archive: text(fields(properties.Code).S3Key).split('/').at(-1) ?? '',
      timeout: Number(properties.Timeout),
      memory: Number(properties.MemorySize),
      env: value(fields(fields(properties.Environment).Variables)) as Record<string, string>,
      allowed: roles.get(text(properties.Role)) ?? [],
      reserved:
        properties.ReservedConcurrentExecutions === undefined
          ? undefined
          : Number(properties.ReservedConcurrentExecutions),
    })),
    buckets: all('AWS::S3::Bucket').flatMap(([id]) => (id === ARCHIVES ? [] : [name(id)])),
    cors: new Map(
      all('AWS::S3::Bucket').flatMap(([id, { CorsConfiguration }]) => {
        const rules = list(fields(CorsConfiguration).CorsRules).map(fields);
        return rules.length === 0 ? [] : [[name(id), rules.map(corsRule)] as const];
      }),
    ),
    notifications: all('AWS::S3::Bucket').flatMap(([id, { NotificationConfiguration }]) =>
      list(fields(NotificationConfiguration).QueueConfigurations).map((given) => {
        const { Queue, Filter } = fields(given);
        const rules = list(fields(fields(Filter).S3Key).Rules).map(fields);
        const rule = (wanted: string): string => {
          const found = rules.find(({ Name }) => Name === wanted)?.Value;
          return found === undefined ? '' : text(found);
        };
        return { bucket: name(id), queue: text(Queue), prefix: rule('prefix'), suffix: rule('suffix') };
      }),
    ),
    tables: all('AWS::DynamoDB::Table').map(([id]) => name(id)),
    secrets: all('AWS::SecretsManager::Secret').map(([id, { Description = '' }]) => ({
      ...{ id, arn: arn(id), description: text(Description) },
    })),
    machines: all('AWS::StepFunctions::StateMachine').map(([id, { DefinitionString, DefinitionSubstitutions }]) => {
      const substitutions = value(fields(DefinitionSubstitutions)) as Record<string, string>;
      const definition = text(DefinitionString).replace(/\$\{(\w+)\}/g, (_, key: string) => {
        const found = substitutions[key];
        if (found === undefined) throw new Error(`the definition of ${id} has nothing to put in for ${key}`);
        return found;
      });
      return { arn: arn(id), definition: JSON.parse(definition) as Definition };
    }),
    mappings: all('AWS::Lambda::EventSourceMapping').map(([, properties]) => ({
      queue: text(properties.EventSourceArn),
      function: text(properties.FunctionName),
      batch: Number(properties.BatchSize ?? 10),
      concurrency: Number(fields(properties.ScalingConfig).MaximumConcurrency ?? 10),
    })),
    schedules: all('AWS::Scheduler::Schedule').map(([, { Name, ScheduleExpression, Target }]) => ({
      ...{ name: text(Name), times: timesOf(text(ScheduleExpression)) },
      ...{ queue: text(fields(Target).Arn), input: text(fields(Target).Input) },
    })),
    rules: all('AWS::Events::Rule').map(([, { EventPattern, Targets }]) => {
      const { status, stateMachineArn } = fields(fields(EventPattern).detail);
      return {
        ...{ statuses: texts(status), machines: texts(stateMachineArn) },
        functions: list(Targets).map((target) => text(fields(target).Arn)),
      };
    }),
  };
}

/** Ends as AWS's own; `Ref` of an API gives its name here, and not the id that AWS would make up. */
function hostOf(api: string): string {
  return `${api}.execute-api.${REGION}.amazonaws.com`;
}

/** `cron(0 6 ? * MON *)` is `0 6 * * MON`: one of the two day fields is always open, so that they mean the same. */
function timesOf(expression: string): Cron {
  const [, fields = ''] = /^cron\((.+) \*\)$/.exec(expression) ?? [];
  return parseCron(fields.replace('?', '*'));
}
