import type { App } from '../../core/app.ts';
import type { Json } from '../../core/json.ts';
import { SetupError } from '../../core/setup-error.ts';
import type { Workflow } from '../../core/workflow/workflow.ts';
import { compile } from '../../handlers/aws/workflow/index.ts';
import type { Statement } from './grants.ts';
import { executionArns, idOf, stateMachineArn, stateMachineName } from './names.ts';
import type { FunctionPlan } from './plan.ts';
import { onEverything, role, WITHOUT_RESOURCE } from './roles.ts';
import type { Settings } from './settings.ts';
import { arnOf, pascal, sub, type Template } from './template.ts';

const RETENTION = 30;

export function addStateMachines(
  apps: readonly App[],
  plans: readonly FunctionPlan[],
  settings: Settings,
  template: Template,
): void {
  const workflows = apps.flatMap((app) => app.workflows);
  if (workflows.length === 0) return;
  for (const workflow of workflows) addStateMachine(workflow, plans, settings, template);
  addEnds(workflows, settings, template);
}

function addStateMachine(
  workflow: Workflow,
  plans: readonly FunctionPlan[],
  settings: Settings,
  template: Template,
): void {
  const id = idOf(workflow);
  const called = new Map<string, Json>();
  const placeholder = (key: string): string => {
    const name = pascal(key);
    called.set(name, arnOf(`${name}LambdaFunction`));
    return `\u0001${name}\u0002`;
  };
  const control = plans.find((plan) => plan.kind === 'control');
  if (control === undefined) throw new SetupError(`workflow '${workflow.name}': there is no control function`);
  const arn = (step: string): string => {
    const plan = plans.find((one) => one.kind === 'step' && one.workflow === workflow && one.step.name === step);
    if (plan === undefined) throw new SetupError(`workflow '${workflow.name}': step '${step}' has no code`);
    return placeholder(plan.key);
  };
  const { asl } = compile(workflow, { arn, control: placeholder(control.key) });
  const text = definitionString(JSON.stringify(asl));
  // Only what the definition names: most workflows need no control function.
  const used = [...called].filter(([name]) => text.includes(`\${${name}}`));
  template.add(`${id}Logs`, {
    Type: 'AWS::Logs::LogGroup',
    Properties: {
      LogGroupName: `/aws/vendedlogs/states/${stateMachineName(settings, workflow.name)}`,
      RetentionInDays: RETENTION,
    },
  });
  template.add(
    `${id}Role`,
    role('states.amazonaws.com', [
      { Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: used.map(([, to]) => to) },
      ...(text.includes('"DISTRIBUTED"') ? distributed(workflow, settings) : []),
      onEverything(WITHOUT_RESOURCE.stateMachineTracing),
      onEverything(WITHOUT_RESOURCE.stateMachineLogs),
    ]),
  );
  template.add(id, {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      StateMachineName: stateMachineName(settings, workflow.name),
      StateMachineType: 'STANDARD',
      RoleArn: arnOf(`${id}Role`),
      DefinitionString: text,
      DefinitionSubstitutions: Object.fromEntries(used),
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: {
        Level: 'ERROR',
        // Inputs and outputs may be what no log should have.
        IncludeExecutionData: false,
        Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: arnOf(`${id}Logs`) } }],
      },
    },
  });
}

/**
 * A pattern has at most 2,048 characters: so many ARNs of the longest names that there are fit, in whichever partition and region.
 *
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
const MACHINES_OF_RULE = 12;

/** Tells the control function of each run that is over: Step Functions forgets them, the room does not. */
function addEnds(workflows: readonly Workflow[], settings: Settings, template: Template): void {
  for (let first = 0; first < workflows.length; first += MACHINES_OF_RULE) {
    const id = `RunsEnd${first === 0 ? '' : first / MACHINES_OF_RULE + 1}`;
    addEndsOf(id, workflows.slice(first, first + MACHINES_OF_RULE), settings, template);
  }
}

function addEndsOf(id: string, workflows: readonly Workflow[], settings: Settings, template: Template): void {
  const control = 'SkeinControlLambdaFunction';
  template.add(id, {
    Type: 'AWS::Events::Rule',
    Properties: {
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
          stateMachineArn: workflows.map(({ name }) => sub(stateMachineArn(settings, name))),
        },
      },
      Targets: [{ Id: 'control', Arn: arnOf(control) }],
    },
  });
  template.add(`${id}Permission`, {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: arnOf(control),
      Principal: 'events.amazonaws.com',
      SourceArn: arnOf(id),
    },
  });
}

/** Puts CloudFormation's placeholders in; a `${` of the user's is written as JSON's escape, which CloudFormation does not see. */
function definitionString(json: string): string {
  return json.replaceAll('${', '\\u0024{').replace(/"\\u0001(\w+)\\u0002"/g, (_, name: string) => `"\${${name}}"`);
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html */
function distributed({ name }: Workflow, settings: Settings): Statement[] {
  return [
    { Effect: 'Allow', Action: ['states:StartExecution'], Resource: sub(stateMachineArn(settings, name)) },
    {
      Effect: 'Allow',
      Action: ['states:DescribeExecution', 'states:StopExecution'],
      Resource: sub(executionArns(settings, name)),
    },
  ];
}
