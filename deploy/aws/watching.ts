import type { App } from '../../core/app.ts';
import type { Json } from '../../core/json.ts';
import { deadLettersOf, idOf, physicalName } from './names.ts';
import type { FunctionPlan } from './plan.ts';
import { stackResources } from './resources.ts';
import type { Settings } from './settings.ts';
import { pascal, ref, type Template } from './template.ts';

/** One number to look at. */
interface Metric {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimension: readonly [name: string, value: Json];
  readonly statistic: 'Sum' | 'Maximum';
  /** From where on it is an alarm. */
  readonly threshold: number;
}

/** Seconds for which the oldest message of a queue may wait. */
const PATIENCE = 900;
const PERIOD = 60;

/** Alarms on what is never right, told to a topic that somebody can subscribe to, and a dashboard with the same numbers. */
export function addWatching(
  apps: readonly App[],
  plans: readonly FunctionPlan[],
  settings: Settings,
  template: Template,
): void {
  const groups = metricsOf(apps, plans);
  template.add('AlarmTopic', {
    Type: 'AWS::SNS::Topic',
    Properties: { TopicName: physicalName(settings, 'alarms', 256) },
  });
  for (const metric of groups.flatMap(({ metrics }) => metrics)) addAlarm(metric, template);
  template.add('Dashboard', {
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: {
      DashboardName: `${settings.service}-${settings.stage}`,
      DashboardBody: dashboard(groups, settings),
    },
  });
}

function metricsOf(apps: readonly App[], plans: readonly FunctionPlan[]): { title: string; metrics: Metric[] }[] {
  const functions = (name: string): Metric[] =>
    plans.map(({ key }) => ({
      id: `${pascal(key)}${name}Alarm`,
      ...{ namespace: 'AWS/Lambda', name, statistic: 'Sum', threshold: 1 },
      dimension: ['FunctionName', ref(`${pascal(key)}LambdaFunction`)],
    }));
  const queues = stackResources(apps, plans, 'queue');
  const queueName = (id: string): Metric['dimension'] => ['QueueName', { 'Fn::GetAtt': [id, 'QueueName'] }];
  const runs = (name: string): Metric[] =>
    apps
      .flatMap((app) => app.workflows)
      .map((workflow) => ({
        id: `${idOf(workflow)}${name}Alarm`,
        ...{ namespace: 'AWS/States', name, statistic: 'Sum', threshold: 1 },
        dimension: ['StateMachineArn', ref(idOf(workflow))],
      }));
  return [
    { title: 'Errors of functions', metrics: functions('Errors') },
    { title: 'Throttled calls', metrics: functions('Throttles') },
    {
      title: 'Age of the oldest message in seconds',
      metrics: queues.map((queue) => ({
        id: `${idOf(queue)}AgeAlarm`,
        ...{ namespace: 'AWS/SQS', name: 'ApproximateAgeOfOldestMessage', statistic: 'Maximum', threshold: PATIENCE },
        dimension: queueName(idOf(queue)),
      })),
    },
    {
      title: 'Dead letters',
      metrics: queues.map(({ name }) => ({
        id: `${deadLettersOf(name)}Alarm`,
        ...{ namespace: 'AWS/SQS', name: 'ApproximateNumberOfMessagesVisible', statistic: 'Maximum', threshold: 1 },
        dimension: queueName(deadLettersOf(name)),
      })),
    },
    { title: 'Failed runs', metrics: [...runs('ExecutionsFailed'), ...runs('ExecutionsTimedOut')] },
  ];
}

function addAlarm({ id, namespace, name, dimension, statistic, threshold }: Metric, template: Template): void {
  const [Name, Value] = dimension;
  template.add(id, {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      Namespace: namespace,
      MetricName: name,
      Dimensions: [{ Name, Value }],
      Statistic: statistic,
      Period: PERIOD,
      EvaluationPeriods: 1,
      Threshold: threshold,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [ref('AlarmTopic')],
    },
  });
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
function dashboard(groups: readonly { title: string; metrics: readonly Metric[] }[], { region }: Settings): Json {
  const values: Record<string, Json> = {};
  const widgets = groups
    .filter(({ metrics }) => metrics.length > 0)
    .map(({ title, metrics }, index) => ({
      type: 'metric',
      ...{ x: (index % 2) * 12, y: Math.floor(index / 2) * 6, width: 12, height: 6 },
      properties: {
        ...{ title, region, period: PERIOD },
        metrics: metrics.map(({ id, namespace, name, dimension: [dimension, value], statistic }) => {
          values[id] = value;
          return [namespace, name, dimension, `\${${id}}`, { stat: statistic }];
        }),
      },
    }));
  return { 'Fn::Sub': [JSON.stringify({ widgets }), values] };
}
