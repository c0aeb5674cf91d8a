import type { App } from '../../../../core/app.ts';
import type { ResourceOf } from '../../../../core/resources/access.ts';
import { declaredResources } from '../../../../core/resources/declared.ts';
import type { Trigger } from '../../../../core/triggers/trigger.ts';
import { triggerQueue } from '../../../../core/triggers/trigger-queue.ts';
import { compile } from '../../workflow/index.ts';
import type { DeployedFunction, Deployment, Mapping } from '../deployment.ts';
import { ACCOUNT, REGION } from '../template.ts';

export const CONTROL = functionArn('control');
const FOREVER = String(14 * 86_400);

export function machineArn(workflow: string): string {
  return `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${workflow}`;
}

/** One function has all steps of a workflow. */
export function stepsArn(workflow: string): string {
  return functionArn(`steps-of-${workflow}`);
}

export function triggerArn({ name }: Trigger): string {
  return functionArn(`on-${name}`);
}

function functionArn(name: string): string {
  return `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
}

function queueArn(name: string): string {
  return `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
}

/** The queues of the apps, and those in which the events of their triggers wait. */
export function queuesOf(apps: readonly App[]): readonly ResourceOf<'queue'>[] {
  const waiting = apps.flatMap((app) => app.triggers.map(triggerQueue));
  return [
    ...new Map(
      [...declaredResources(apps, 'queue').values(), ...waiting].map((queue) => [queue.name, queue] as const),
    ).values(),
  ];
}

/** What apps come to on AWS, but for tables: in the process there are no packages, and everything has its own name. */
export function deployed(apps: readonly App[]): Deployment {
  const triggers = apps.flatMap((app) => app.triggers);
  const workflows = apps.flatMap((app) => app.workflows);
  return {
    ...{ apis: [], tables: [], secrets: [], cors: new Map() },
    functions: triggers.map(pollerOf),
    buckets: [...declaredResources(apps, 'bucket').keys()],
    notifications: triggers.flatMap((trigger) =>
      trigger.kind === 'object'
        ? [
            {
              ...{ bucket: trigger.bucket.name, prefix: trigger.prefix, suffix: trigger.suffix },
              queue: queueArn(triggerQueue(trigger).name),
            },
          ]
        : [],
    ),
    queues: queuesOf(apps).flatMap(({ name, attempts }) => [
      {
        name: `${name}-dead`,
        arn: queueArn(`${name}-dead`),
        last: false,
        attributes: { MessageRetentionPeriod: FOREVER },
      },
      {
        ...{ name, arn: queueArn(name), last: true },
        attributes: {
          MessageRetentionPeriod: FOREVER,
          RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn(`${name}-dead`), maxReceiveCount: attempts }),
        },
      },
    ]),
    machines: workflows.map((workflow) => ({
      arn: machineArn(workflow.name),
      definition: compile(workflow, { arn: () => stepsArn(workflow.name), control: CONTROL }).asl,
    })),
    mappings: triggers.map((trigger) => ({
      ...{ queue: queueArn(triggerQueue(trigger).name), function: triggerArn(trigger) },
      ...callsOf(trigger),
    })),
    schedules: triggers.flatMap((trigger) =>
      trigger.kind === 'schedule'
        ? [
            {
              ...{ name: trigger.name, times: trigger.times, queue: queueArn(triggerQueue(trigger).name) },
              input: JSON.stringify({
                ...{ source: 'aws.scheduler', 'detail-type': 'Scheduled Event', resources: [trigger.name], detail: {} },
                time: '<aws.scheduler.scheduled-time>',
              }),
            },
          ]
        : [],
    ),
    rules: [],
  };
}

/** There is one process, and in it no more deliveries at once than the trigger says. */
function callsOf({ concurrency }: Trigger): Pick<Mapping, 'batch' | 'concurrency'> {
  const batch = Math.min(10, concurrency);
  return { batch, concurrency: Math.floor(concurrency / batch) };
}

/** In whose name a queue is read. */
function pollerOf(trigger: Trigger): DeployedFunction {
  const name = `on-${trigger.name}`;
  return {
    ...{ id: name, name, arn: triggerArn(trigger), archive: '', handler: '', env: {}, reserved: undefined },
    ...{ timeout: trigger.timeout, memory: 0 },
    allowed: [{ actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], resources: ['*'] }],
  };
}
