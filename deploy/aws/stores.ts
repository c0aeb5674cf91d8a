import type { App } from '../../core/app.ts';
import type { Json } from '../../core/json.ts';
import type { Access } from '../../core/resources/access.ts';
import { SetupError } from '../../core/setup-error.ts';
import type { ObjectTrigger } from '../../core/triggers/trigger.ts';
import { triggerQueue } from '../../core/triggers/trigger-queue.ts';
import { CLAIMS } from '../../handlers/aws/functions/environment.ts';
import { KEPT_DAYS } from '../../handlers/aws/runs/records.ts';
import { originOf } from './front.ts';
import { idOf } from './names.ts';
import type { FunctionPlan } from './plan.ts';
import { queuePolicyId } from './queues.ts';
import { stackResources } from './resources.ts';
import type { Settings } from './settings.ts';
import { arnOf, ref, type Template } from './template.ts';

/** What holds data stays when the stack goes; docs/aws.md says how to delete it. */
const KEPT = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' } as const;

export function addBuckets(
  apps: readonly App[],
  plans: readonly FunctionPlan[],
  settings: Settings,
  template: Template,
): void {
  for (const bucket of stackResources(apps, plans, 'bucket')) {
    const triggers = objectTriggers(apps, bucket.name);
    requireApart(bucket.name, triggers);
    const origins = uploadOrigins(bucket.name, plans, settings);
    template.add(idOf(bucket), {
      Type: 'AWS::S3::Bucket',
      // S3 tries whether it may send to a queue when it is told to.
      ...(triggers.length > 0 && { DependsOn: triggers.map((one) => queuePolicyId(triggerQueue(one).name)) }),
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        LifecycleConfiguration: {
          Rules: [
            { Id: 'parts', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
            ...(bucket.name === CLAIMS.name ? [CLAIMS_END] : []),
          ],
        },
        ...(origins.length > 0 && { CorsConfiguration: { CorsRules: [uploadsFrom(origins)] } }),
        ...(triggers.length > 0 && {
          NotificationConfiguration: { QueueConfigurations: triggers.map(notification) },
        }),
      },
      ...KEPT,
    });
    template.add(`${idOf(bucket)}Policy`, {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: ref(idOf(bucket)),
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Deny',
              Principal: '*',
              Action: 's3:*',
              Resource: [arnOf(idOf(bucket)), { 'Fn::Sub': `\${${idOf(bucket)}.Arn}/*` }],
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            },
          ],
        },
      },
    });
  }
}

/** A claim is no younger than its run. */
const CLAIMS_END = { Id: 'claims', Status: 'Enabled', ExpirationInDays: KEPT_DAYS };

/** The addresses of the apps whose routes may give URLs to upload to a bucket: their pages may send files there. */
function uploadOrigins(bucket: string, plans: readonly FunctionPlan[], settings: Settings): readonly Json[] {
  const gives = ({ resource, mode }: Access<unknown>): boolean =>
    resource.kind === 'bucket' && resource.name === bucket && mode !== 'read';
  return plans.flatMap((plan) => (plan.kind === 'http' && plan.uses.some(gives) ? [originOf(plan, settings)] : []));
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html */
function uploadsFrom(origins: readonly Json[]): Json {
  return { AllowedMethods: ['PUT'], AllowedHeaders: ['content-type'], AllowedOrigins: [...origins], MaxAge: 3600 };
}

function objectTriggers(apps: readonly App[], bucket: string): ObjectTrigger[] {
  return apps
    .flatMap((app) => app.triggers)
    .filter((one): one is ObjectTrigger => one.kind === 'object' && one.bucket.name === bucket);
}

function notification(trigger: ObjectTrigger): Json {
  const { prefix, suffix } = trigger;
  const Rules = Object.entries({ prefix, suffix })
    .filter(([, Value]) => Value !== '')
    .map(([Name, Value]) => ({ Name, Value }));
  return {
    Event: 's3:ObjectCreated:*',
    Queue: arnOf(idOf(triggerQueue(trigger))),
    ...(Rules.length > 0 && { Filter: { S3Key: { Rules } } }),
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html */
function requireApart(bucket: string, triggers: readonly ObjectTrigger[]): void {
  const meet = (a: string, b: string, test: 'startsWith' | 'endsWith'): boolean => a[test](b) || b[test](a);
  for (const [index, one] of triggers.entries())
    for (const other of triggers.slice(index + 1))
      if (meet(one.prefix, other.prefix, 'startsWith') && meet(one.suffix, other.suffix, 'endsWith'))
        throw new SetupError(
          `onObject '${one.name}' and '${other.name}' of bucket '${bucket}': a key can be for both, which S3 refuses to notify of; give them prefixes or suffixes apart`,
        );
}

/** The names of a table's attributes; see handlers/aws/resources/table-item.ts for what is in them. */
const ATTRIBUTES = { partition: 'partition', id: 'id', expiry: 'ttl' } as const;

export function addTables(apps: readonly App[], plans: readonly FunctionPlan[], template: Template): void {
  for (const table of stackResources(apps, plans, 'table'))
    template.add(idOf(table), {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: ATTRIBUTES.partition, AttributeType: 'S' },
          { AttributeName: ATTRIBUTES.id, AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: ATTRIBUTES.partition, KeyType: 'HASH' },
          { AttributeName: ATTRIBUTES.id, KeyType: 'RANGE' },
        ],
        TimeToLiveSpecification: { AttributeName: ATTRIBUTES.expiry, Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
      ...KEPT,
    });
}

/** Empty: whoever runs the stack sets the values, and no template has one in it. */
export function addSecrets(apps: readonly App[], plans: readonly FunctionPlan[], template: Template): void {
  for (const secret of stackResources(apps, plans, 'secret'))
    template.add(idOf(secret), {
      Type: 'AWS::SecretsManager::Secret',
      Properties: { Description: `secret '${secret.name}' of the apps` },
      ...KEPT,
    });
}
