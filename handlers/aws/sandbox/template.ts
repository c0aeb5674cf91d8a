import type { Json } from '../../../core/json.ts';

/** Where the loopback cloud is, in the words of AWS: its emulators have this account too. */
export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';

type Fields = { readonly [name: string]: Json };

/** A template of CloudFormation, as far as it is read. */
export interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: Fields }>>;
}

export interface Resolver {
  /** A value with every reference put in. @throws Error naming what cannot be resolved. */
  value(value: Json): Json;
  text(value: Json | undefined): string;
  arn(id: string): string;
  /** What `Fn::GetAtt` gives. */
  attribute(id: string, wanted: string): string;
  /** The name that a resource is deployed under. */
  name(id: string): string;
  /** The resources of a type, with their properties as they stand in the template. */
  all(type: string): readonly (readonly [id: string, properties: Fields])[];
}

interface Kind {
  /** The property that has its name; without one CloudFormation makes a name up. */
  readonly named?: string;
  arn?(name: string): string;
  /** What `Ref` gives. @default the name */
  ref?(name: string): string;
}

const arn =
  (service: string, before: string, region = REGION, account = ACCOUNT) =>
  (name: string): string =>
    `arn:aws:${service}:${region}:${account}:${before}${name}`;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html */
function kindsOf(endpoint: string): Readonly<Record<string, Kind>> {
  const secret = arn('secretsmanager', 'secret:');
  const machine = arn('states', 'stateMachine:');
  return {
    'AWS::Lambda::Function': { named: 'FunctionName', arn: arn('lambda', 'function:') },
    'AWS::S3::Bucket': { named: 'BucketName', arn: arn('s3', '', '', '') },
    'AWS::SQS::Queue': {
      named: 'QueueName',
      arn: arn('sqs', ''),
      ref: (name) => `${endpoint}/${ACCOUNT}/${name}`,
    },
    'AWS::DynamoDB::Table': { named: 'TableName', arn: arn('dynamodb', 'table/') },
    'AWS::SecretsManager::Secret': { named: 'Name', arn: secret, ref: secret },
    'AWS::StepFunctions::StateMachine': { named: 'StateMachineName', arn: machine, ref: machine },
    'AWS::IAM::Role': { named: 'RoleName', arn: arn('iam', 'role/', '') },
    'AWS::Logs::LogGroup': { named: 'LogGroupName', arn: (name) => `${arn('logs', 'log-group:')(name)}:*` },
    'AWS::ApiGatewayV2::Api': { named: 'Name' },
    'AWS::ApiGatewayV2::Integration': {},
    'AWS::CloudFront::Distribution': {},
    'AWS::Events::Rule': { named: 'Name', arn: arn('events', 'rule/') },
  };
}

/**
 * Puts in what CloudFormation would.
 *
 * @param endpoint where the loopback cloud answers: queues are known by their URLs.
 * @param secrets values of secrets that the template itself reads, by logical id.
 */
export function resolverOf(template: Template, endpoint: string, secrets: Readonly<Record<string, string>>): Resolver {
  const kinds = kindsOf(endpoint);
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::AccountId': ACCOUNT,
    'AWS::Region': REGION,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': 'skein',
  };
  const found = (id: string): { kind: Kind; name: string } => {
    const resource = template.Resources[id];
    const kind = resource && kinds[resource.Type];
    if (resource === undefined || kind === undefined)
      throw new Error(
        `the template refers to ${id}${resource ? `, a ${resource.Type}` : ''}, which this machine has not`,
      );
    const given = resource.Properties?.[kind.named ?? ''];
    // Made up as CloudFormation would; a bucket's name has no capitals.
    return { kind, name: typeof given === 'string' ? given : `skein-${id.toLowerCase()}` };
  };
  const ref = (id: string): string => {
    const known = pseudo[id];
    if (known !== undefined) return known;
    const { kind, name } = found(id);
    return kind.ref?.(name) ?? name;
  };
  const attribute = (id: string, wanted: string): string => {
    const { kind, name } = found(id);
    if (wanted === 'Arn' && kind.arn !== undefined) return kind.arn(name);
    if (wanted === 'QueueName') return name;
    if (wanted === 'DomainName') return `${name}.cloudfront.net`;
    throw new Error(`the template asks ${id} for ${wanted}, which this machine does not know`);
  };
  const substituted = (text: string, values: Fields = {}): string =>
    text.replace(/\$\{([^!}][^}]*)\}/g, (_, name: string) => {
      const given = values[name];
      if (given !== undefined) return resolver.text(given);
      const [id = '', wanted] = name.split('.');
      return wanted === undefined ? ref(id) : attribute(id, wanted);
    });
  const dynamic = (text: string): string =>
    text.replace(/\{\{resolve:secretsmanager:([^}]+?)\}\}/g, (_, wanted: string) => {
      const value = Object.entries(secrets).find(([id]) => ref(id) === wanted)?.[1];
      if (value === undefined) throw new Error(`the template reads the secret ${wanted}, which has no value here`);
      return value;
    });
  const resolver: Resolver = {
    value(value) {
      if (value === null || typeof value !== 'object') return value;
      if (Array.isArray(value)) return value.map(resolver.value);
      const fields = value as Fields;
      const [name = '', inner = null] = Object.entries(fields)[0] ?? [];
      switch (name) {
        case 'Ref':
          return ref(String(inner));
        case 'Fn::GetAtt': {
          const [id = '', wanted = ''] = Array.isArray(inner) ? inner.map(String) : String(inner).split('.');
          return attribute(id, wanted);
        }
        case 'Fn::Sub':
          return dynamic(
            Array.isArray(inner) ? substituted(String(inner[0]), inner[1] as Fields) : substituted(String(inner)),
          );
        default:
          return Object.fromEntries(Object.entries(fields).map(([key, one]) => [key, resolver.value(one)]));
      }
    },
    text(value) {
      const resolved = value === undefined ? undefined : resolver.value(value);
      if (typeof resolved !== 'string') throw new Error(`not a text in the template: ${JSON.stringify(value)}`);
      return resolved;
    },
    arn: (id) => attribute(id, 'Arn'),
    attribute,
    name: (id) => found(id).name,
    all: (type) =>
      Object.entries(template.Resources).flatMap(([id, { Type, Properties = {} }]) =>
        Type === type ? [[id, Properties] as const] : [],
      ),
  };
  return resolver;
}
