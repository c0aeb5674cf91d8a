import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Json } from '../../../core/json.ts';
import type { Log } from '../../../core/log.ts';
import type { DeployedFunction, Deployment } from './deployment.ts';
import { KEYS, openDynamoDb, SETTINGS, startFauxqs } from './emulators.ts';
import { type Gate, keysFor, openAwsGate } from './gate.ts';
import { makeTable } from './make-table.ts';
import { type Running, startMapping } from './mapping.ts';
import { notifyOf } from './notify.ts';
import { s3Before } from './s3.ts';
import { startSchedules } from './schedule.ts';
import { openSecrets } from './secrets.ts';
import type { Execution, MachineTime } from './states/execution.ts';
import { openStepFunctions, realTime, type StepFunctions } from './states/step-functions.ts';
import { ACCOUNT, REGION } from './template.ts';

export interface CloudParts {
  /** Which emulators are started. @default both */
  readonly needs?: { readonly objects: boolean; readonly tables: boolean };
  /** How time passes for state machines. @default as it does */
  readonly time?: MachineTime;
  /** Told of each run that is over. */
  onEnd?(execution: Execution): void;
  /** @param endpoint where functions find AWS. */
  deploymentAt(endpoint: string): Deployment;
  /** The values of secrets, by their ARNs. */
  secretsOf(deployment: Deployment): Iterable<[arn: string, value: string]>;
  /** Calls a function. */
  invoke(arn: string, event: Json): Promise<Json>;
  readonly log: Log;
}

/** What functions find of AWS on this machine. */
export interface Cloud {
  readonly deployment: Deployment;
  readonly gate: Gate;
  readonly states: StepFunctions;
  /** Clients of the room's own, which no role holds. */
  readonly own: { readonly s3: S3Client; readonly sqs: SQSClient };
  /** What Lambda puts into the environment of a function: where AWS is, and who it is there. */
  environmentOf(one: DeployedFunction): Record<string, string>;
  /** Begins to hand out messages, and to look at the clock. */
  begin(): void;
  close(): Promise<void>;
}

/** Where what was not started is not. */
const NOWHERE = 'http://127.0.0.1:9';

/**
 * The services behind functions: S3 and SQS on fauxqs, DynamoDB on AWS's own DynamoDB Local, Step Functions on
 * aws-local-stepfunctions, Secrets Manager on a stub; before all of them the gate that knows the functions' roles.
 */
export async function openCloud(parts: CloudParts): Promise<Cloud> {
  const { deploymentAt, secretsOf, invoke, log, time = realTime, needs = { objects: true, tables: true } } = parts;
  const fauxqs = needs.objects ? await startFauxqs() : undefined;
  const dynamodb = needs.tables ? await openDynamoDb() : undefined;
  const objects = fauxqs?.address ?? NOWHERE;
  const rules: { -readonly [K in keyof Deployment]?: Deployment[K] } = {};
  const states = await openStepFunctions({
    functions: {
      step: (_, payload, arn) => invoke(arn, payload as unknown as Json),
      control: (payload, arn) => invoke(arn, payload as Json),
    },
    time,
    onEnd(execution) {
      parts.onEnd?.(execution);
      tell(execution);
    },
  });
  const running: Running[] = [];
  const sqs = new SQSClient({ ...SETTINGS, endpoint: objects });
  const behind = (arn: string): string => `${objects}/${ACCOUNT}/${arn.split(':').at(-1)}`;
  /** What goes on behind everybody's back. */
  const errands = new Set<Promise<void>>();
  const errand = (work: Promise<unknown>, failed: string, fields: Readonly<Record<string, Json>>): void => {
    const done = work.then(
      () => undefined,
      (error: unknown) => log(failed, { ...fields, error: String(error) }),
    );
    errands.add(done);
    void done.finally(() => errands.delete(done));
  };
  const secrets = await openSecrets();
  const gate = await openAwsGate({
    functionsAt(endpoint) {
      Object.assign(rules, deploymentAt(endpoint));
      return rules.functions ?? [];
    },
    s3: (keysOf) => s3Before(objects, keysOf),
    cors: (bucket) => rules.cors?.get(bucket) ?? [],
    own: KEYS,
    services: {
      sqs: objects,
      dynamodb: dynamodb?.address ?? NOWHERE,
      states: states.address,
      secretsmanager: secrets.address,
    },
    onObject(bucket, key) {
      const { notifications = [] } = rules;
      const told = notifyOf(bucket, key, { s3, sqs, notifications, urlOf: behind });
      errand(told, 'object was not told of', { bucket, key });
    },
  });
  const deployment = rules as Deployment;
  const s3 = new S3Client({ ...SETTINGS, endpoint: gate.address, forcePathStyle: true });

  /** What EventBridge sends to who asked for it. */
  const tell = ({ arn, machine, name, status, startDate, stopDate }: Execution): void => {
    const event = {
      ...{ version: '0', source: 'aws.states', account: ACCOUNT, region: REGION, resources: [arn] },
      'detail-type': 'Step Functions Execution Status Change',
      time: new Date().toISOString(),
      detail: { executionArn: arn, stateMachineArn: machine, name, status, startDate, stopDate: stopDate ?? null },
    };
    for (const rule of deployment.rules)
      if (rule.statuses.includes(status) && rule.machines.includes(machine))
        for (const target of rule.functions)
          errand(invoke(target, event), 'the end of a run was not told', { run: name });
  };

  for (const bucket of deployment.buckets) {
    const own = new S3Client({ ...SETTINGS, endpoint: objects, forcePathStyle: true });
    await own.send(new CreateBucketCommand({ Bucket: bucket }));
    own.destroy();
  }
  for (const { name, attributes } of deployment.queues.toSorted((a, b) => Number(a.last) - Number(b.last)))
    await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: { ...attributes } }));
  if (dynamodb !== undefined) for (const table of deployment.tables) await makeTable(dynamodb.client, table);
  for (const { arn, definition } of deployment.machines) states.deploy(arn, definition);
  for (const [arn, value] of secretsOf(deployment)) secrets.set(arn, value);

  return {
    ...{ deployment, gate, states, own: { s3, sqs } },
    environmentOf: ({ id }) => ({
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      AWS_ACCESS_KEY_ID: keysFor(id).accessKeyId,
      AWS_SECRET_ACCESS_KEY: keysFor(id).secretAccessKey,
      AWS_ENDPOINT_URL: gate.address,
      AWS_EC2_METADATA_DISABLED: 'true',
    }),
    begin() {
      for (const { queue, function: arn, batch, concurrency } of deployment.mappings) {
        const owner = deployment.functions.find((one) => one.arn === arn);
        if (owner === undefined) throw new Error(`an event source mapping names ${arn}, which is not there`);
        const client = new SQSClient({ region: REGION, endpoint: gate.address, credentials: keysFor(owner.id) });
        const mapping = startMapping({
          ...{ sqs: client, queueArn: queue, batch, concurrency, log },
          queueUrl: `${gate.address}/${ACCOUNT}/${queue.split(':').at(-1)}`,
          invoke: (event) => invoke(arn, event),
        });
        running.push({ close: () => mapping.close().finally(() => client.destroy()) });
      }
      running.push(
        startSchedules(deployment.schedules, async ({ queue, name }, input) => {
          await sqs
            .send(new SendMessageCommand({ QueueUrl: behind(queue), MessageBody: input }))
            .catch((error: unknown) => log('schedule was missed', { schedule: name, error: String(error) }));
        }),
      );
    },
    async close() {
      await Promise.all(running.map((one) => one.close()));
      for (const execution of states.executions.values()) execution.stop({ cause: 'the room was closed' });
      while (errands.size > 0) await Promise.all(errands);
      await states.close();
      await gate.close();
      await secrets.close();
      for (const client of [sqs, s3]) client.destroy();
      await dynamodb?.close();
      await fauxqs?.stop();
    },
  };
}
