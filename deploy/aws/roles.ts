import type { Json } from '../../core/json.ts';
import { type Statement, statementsFor, statementsForManagement, statementsForTrigger } from './grants.ts';
import { executionArns, stateMachineArn } from './names.ts';
import { type FunctionPlan, waits } from './plan.ts';
import type { Settings } from './settings.ts';
import { arnOf, type CfnResource, pascal, ref, sub } from './template.ts';

/**
 * Actions for which AWS documents no resource: they are allowed on `*`, and nothing else is.
 *
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
 * https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
 */
export const WITHOUT_RESOURCE = {
  tracing: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
  stateMachineTracing: [
    'xray:GetSamplingRules',
    'xray:GetSamplingTargets',
    'xray:PutTelemetryRecords',
    'xray:PutTraceSegments',
  ],
  stateMachineLogs: [
    'logs:CreateLogDelivery',
    'logs:DeleteLogDelivery',
    'logs:DescribeLogGroups',
    'logs:DescribeResourcePolicies',
    'logs:GetLogDelivery',
    'logs:ListLogDeliveries',
    'logs:PutResourcePolicy',
    'logs:UpdateLogDelivery',
  ],
} as const;

export function onEverything(actions: readonly string[]): Statement {
  return { Effect: 'Allow', Action: actions, Resource: '*' };
}

export function roleId({ key }: Pick<FunctionPlan, 'key'>): string {
  return `${pascal(key)}Role`;
}

/** A role for one service, with one policy. */
export function role(service: string, statements: readonly Statement[]): CfnResource {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: service },
            Action: 'sts:AssumeRole',
            // Nobody in another account can have the service take it on: the confused deputy.
            ...(service !== LAMBDA && { Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } } }),
          },
        ],
      },
      Policies: [
        {
          PolicyName: 'uses',
          PolicyDocument: { Version: '2012-10-17', Statement: statements as unknown as Json[] },
        },
      ],
    },
  };
}

const LAMBDA = 'lambda.amazonaws.com';

/** The role of one function: its logs, its traces, what it is called by, and what its `uses` names. */
export function functionRole(plan: FunctionPlan, settings: Settings): CfnResource {
  return role(LAMBDA, [
    {
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: arnOf(`${pascal(plan.key)}LogGroup`),
    },
    onEverything(WITHOUT_RESOURCE.tracing),
    ...(plan.kind === 'trigger' ? statementsForTrigger(plan.trigger, settings) : []),
    ...(plan.kind === 'manage' ? statementsForManagement(plan.queues, settings) : []),
    ...statementsFor(plan.uses, settings),
    ...managing(plan, settings),
  ]);
}

/** Runs are stopped by the routes; a wait is answered by them too, or by the control function where the event was there first. */
function managing({ kind, manages }: FunctionPlan, settings: Settings): Statement[] {
  const waiting = manages.filter(({ ir }) => waits(ir.body));
  return [
    ...(kind === 'http' && manages.length > 0
      ? [
          allow(
            ['states:StopExecution'],
            manages.map(({ name }) => sub(executionArns(settings, name))),
          ),
        ]
      : []),
    ...(waiting.length > 0
      ? [
          allow(
            ['states:SendTaskFailure', 'states:SendTaskSuccess'],
            waiting.map(({ name }) => sub(stateMachineArn(settings, name))),
          ),
        ]
      : []),
  ];
}

function allow(actions: readonly string[], resources: Json[]): Statement {
  return { Effect: 'Allow', Action: actions, Resource: resources };
}
