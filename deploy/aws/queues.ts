import type { App } from '../../core/app.ts';
import type { Json } from '../../core/json.ts';
import type { ResourceOf } from '../../core/resources/access.ts';
import type { ScheduleTrigger } from '../../core/triggers/trigger.ts';
import { triggerQueue } from '../../core/triggers/trigger-queue.ts';
import { awsCrons } from './aws-cron.ts';
import { deadLettersOf, idOf, physicalName } from './names.ts';
import type { FunctionPlan } from './plan.ts';
import { stackResources } from './resources.ts';
import { role } from './roles.ts';
import type { Settings } from './settings.ts';
import { arnOf, pascal, ref, type Template } from './template.ts';

/** Seconds: the longest that SQS keeps a message. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const LONGEST = 1_209_600;
/** Seconds. */
const USUAL_VISIBILITY = 30;

export function queuePolicyId(queue: string): string {
  return `${pascal(queue)}QueuePolicy`;
}

export function addQueues(
  apps: readonly App[],
  plans: readonly FunctionPlan[],
  settings: Settings,
  template: Template,
): void {
  for (const queue of stackResources(apps, plans, 'queue')) {
    const dead = deadLettersOf(queue.name);
    template.add(dead, {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: physicalName(settings, `${queue.name}-dead`, 80),
        MessageRetentionPeriod: LONGEST,
        SqsManagedSseEnabled: true,
      },
    });
    template.add(idOf(queue), {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: physicalName(settings, queue.name, 80),
        MessageRetentionPeriod: LONGEST,
        SqsManagedSseEnabled: true,
        VisibilityTimeout: visibility(queue, plans),
        RedrivePolicy: { deadLetterTargetArn: arnOf(dead), maxReceiveCount: queue.attempts },
      },
    });
  }
  for (const trigger of apps.flatMap((app) => app.triggers)) {
    if (trigger.kind === 'object') addObjectPolicy(triggerQueue(trigger), template);
    if (trigger.kind === 'schedule') addSchedule(trigger, settings, template);
  }
}

/** Six times the function's time, as Lambda wants: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
function visibility(queue: ResourceOf<'queue'>, plans: readonly FunctionPlan[]): number {
  const times = plans.map((plan) =>
    plan.kind === 'trigger' && triggerQueue(plan.trigger).name === queue.name ? 6 * plan.timeout : USUAL_VISIBILITY,
  );
  return Math.max(USUAL_VISIBILITY, ...times);
}

/** The bucket cannot be named here: it waits for this policy. */
function addObjectPolicy(queue: ResourceOf<'queue'>, template: Template): void {
  template.add(queuePolicyId(queue.name), {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [ref(idOf(queue))],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 's3.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: arnOf(idOf(queue)),
            Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } },
          },
        ],
      },
    },
  });
}

function addSchedule(trigger: ScheduleTrigger, settings: Settings, template: Template): void {
  const queue = triggerQueue(trigger);
  const id = pascal(trigger.name);
  template.add(`${id}ScheduleRole`, {
    ...role('scheduler.amazonaws.com', [
      { Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: arnOf(idOf(queue)) },
    ]),
  });
  for (const [index, expression] of awsCrons(trigger.name, trigger.times).entries())
    template.add(`${id}Schedule${index === 0 ? '' : index + 1}`, {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        Name: physicalName(settings, index === 0 ? trigger.name : `${trigger.name}-${index + 1}`, 64),
        ScheduleExpression: expression,
        ScheduleExpressionTimezone: 'UTC',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: arnOf(idOf(queue)),
          RoleArn: arnOf(`${id}ScheduleRole`),
          Input: JSON.stringify(scheduledEvent(trigger)),
        },
      },
    });
}

/** As EventBridge would spell it; the scheduler puts in the time: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
function scheduledEvent({ name }: ScheduleTrigger): Json {
  return {
    source: 'aws.scheduler',
    'detail-type': 'Scheduled Event',
    time: '<aws.scheduler.scheduled-time>',
    resources: [name],
    detail: {},
  };
}
