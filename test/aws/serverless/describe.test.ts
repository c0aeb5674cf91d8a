import { expect, describe as group, test } from 'vitest';
import apps from '../../../apps/index.ts';
import { type App, app, bucket, consume, onObject, queue, step, table, workflow } from '../../../core/index.ts';
import { describe } from '../../../deploy/aws/describe.ts';
import { checkedSettings, type Settings } from '../../../deploy/aws/settings.ts';
import { pascal } from '../../../deploy/aws/template.ts';
import { actionsFor } from '../../../handlers/aws/index.ts';
import { KEPT_DAYS } from '../../../handlers/aws/runs/records.ts';
import type { Definition } from '../../../handlers/aws/workflow/index.ts';
import { complaints } from '../validate.ts';
import depot from './depot.ts';
import { GIVEN } from './settings.ts';
import { circleIn, definitionOf, granted, ofType, type Resources, statementsOf } from './template.ts';

const settings: Settings = checkedSettings({ ...GIVEN, stage: 'test' });
const resourcesOf = (list: readonly App[]): Resources =>
  describe(list, settings).resources.Resources as unknown as Resources;
const everything = [...apps, depot];

group('an app with one of everything', () => {
  const { functions } = describe([depot], settings);
  const resources = resourcesOf([depot]);

  test('its functions and resources are the golden', async () => {
    const list = Object.entries(resources).map(([id, { Type }]) => `${Type} ${id}`);
    const text = [...Object.keys(functions).map((key) => `function ${key}`), ...list.sort()].join('\n');
    await expect(`${text}\n`).toMatchFileSnapshot('goldens/depot.resources.txt');
  });

  test('what each function may do is the golden', async () => {
    const roles = ofType(resources, 'AWS::IAM::Role').map(([id]) => [id, granted(resources[id])] as const);
    const text = roles.map(([id, rights]) => [id, ...rights.map((right) => `  ${right}`)].join('\n')).join('\n');
    await expect(`${text}\n`).toMatchFileSnapshot('goldens/depot.grants.txt');
  });

  test('queues try as often as declared, and hide a message six times as long as a function takes', () => {
    expect(resources.OrdersQueue?.Properties).toMatchObject({
      VisibilityTimeout: 630,
      RedrivePolicy: { maxReceiveCount: 3, deadLetterTargetArn: { 'Fn::GetAtt': ['OrdersDeadLetters', 'Arn'] } },
    });
    expect(resources.SkeinCountStockQueue?.Properties).toMatchObject({ RedrivePolicy: { maxReceiveCount: 2 } });
    expect(functions.depotOnOrders).toMatchObject({
      timeout: 105,
      events: [{ sqs: { batchSize: 10, functionResponseType: 'ReportBatchItemFailures', maximumConcurrency: 10 } }],
    });
  });

  test('a table has the keys of its documents, forgets by their expiry, and is paid by the request', () => {
    expect(resources.StockTable?.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'partition', KeyType: 'HASH' },
        { AttributeName: 'id', KeyType: 'RANGE' },
      ],
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
  });

  test('what the room keeps of runs is gone two years after their starts', () => {
    expect(resources.SkeinRunsTable?.Properties).toMatchObject({
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
    const lives = ofType(resources, 'AWS::S3::Bucket').map(([id, { LifecycleConfiguration }]) => {
      const { Rules } = LifecycleConfiguration as unknown as { Rules: readonly { ExpirationInDays?: number }[] };
      return [id, Rules.flatMap(({ ExpirationInDays = [] }) => ExpirationInDays)];
    });
    expect(lives).toEqual([
      ['ParcelsBucket', []],
      ['SkeinClaimsBucket', [KEPT_DAYS]],
    ]);
  });

  test('management has a function of its own, at the same host', () => {
    const routes = ofType(resources, 'AWS::ApiGatewayV2::Route').map(([, { RouteKey, Target }]) => [RouteKey, Target]);
    const manage = { 'Fn::Sub': `integrations/$${'{DepotManageApiIntegration}'}` };
    expect(routes).toEqual([
      ['$default', { 'Fn::Sub': `integrations/$${'{DepotHttpApiIntegration}'}` }],
      ['ANY /buckets/{proxy+}', manage],
      ['ANY /queues', manage],
      ['ANY /queues/{proxy+}', manage],
    ]);
  });

  test('a bucket tells the queue of its trigger of the keys that it asked for', () => {
    expect(resources.ParcelsBucket).toMatchObject({
      DependsOn: ['SkeinOnParcelsQueuePolicy'],
      Properties: {
        NotificationConfiguration: {
          QueueConfigurations: [
            {
              Event: 's3:ObjectCreated:*',
              Queue: { 'Fn::GetAtt': ['SkeinOnParcelsQueue', 'Arn'] },
              Filter: {
                S3Key: {
                  Rules: [
                    { Name: 'prefix', Value: 'in/' },
                    { Name: 'suffix', Value: '.json' },
                  ],
                },
              },
            },
          ],
        },
      },
    });
  });

  test('a schedule for days or weekdays is two', () => {
    const schedules = ofType(resources, 'AWS::Scheduler::Schedule').map(([, one]) => one.ScheduleExpression);
    expect(schedules).toEqual(['cron(0,15,30,45 6-18 1 * ? *)', 'cron(0,15,30,45 6-18 ? * MON *)']);
  });

  test("a user's text that looks like a placeholder reaches Step Functions as it is", () => {
    const [[, machine] = ['', {}]] = ofType(resources, 'AWS::StepFunctions::StateMachine');
    expect(JSON.parse(definitionOf(machine))).toMatchObject({ Comment: `Ships what $${'{Somebody}'} ordered` });
  });

  test('the firewall counts addresses, and stands before the API', () => {
    expect(resources.Firewall?.Properties).toMatchObject({
      Scope: 'CLOUDFRONT',
      Rules: [{ Statement: { RateBasedStatement: { AggregateKeyType: 'IP', Limit: 2000 } } }],
    });
    expect(resources.DepotDistribution?.Properties).toMatchObject({
      DistributionConfig: { WebACLId: { 'Fn::GetAtt': ['Firewall', 'Arn'] } },
    });
  });
});

group('rights', () => {
  const resources = resourcesOf(everything);
  const roles = ofType(resources, 'AWS::IAM::Role');

  test('on everything are those for which AWS knows no resource', () => {
    const wide = roles.flatMap(([id]) =>
      statementsOf(resources[id])
        .filter(({ Resource }) => Resource === '*')
        .flatMap(({ Action }) => Action),
    );
    expect([...new Set(wide)].sort()).toEqual([
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
    for (const [id] of roles)
      for (const { Action } of statementsOf(resources[id])) expect([id, Action]).toEqual([id, expect.any(Array)]);
    expect(JSON.stringify(roles.map(([id]) => statementsOf(resources[id]).map(({ Action }) => Action)))).not.toContain(
      '*',
    );
  });

  test('of a step on what it uses are those of its accesses, and no more', () => {
    const steps = everything.flatMap((one) =>
      one.workflows.flatMap((flow) => [...flow.steps.values()].map((definition) => [flow, definition] as const)),
    );
    for (const [flow, { name, uses, large }] of steps) {
      const expected = Object.values(uses).flatMap(({ resource, mode }) =>
        resource.kind === 'workflow' ? [] : actionsFor(resource.kind, mode).map(({ action }) => action),
      );
      const claims = large ? 'all' : [...flow.steps.values()].some((one) => one.large) ? 'read' : undefined;
      if (claims !== undefined) expected.push(...actionsFor('bucket', claims).map(({ action }) => action));
      const id = `${pascal(`${flow.name}-step-${name}`)}Role`;
      const actual = statementsOf(resources[id]).flatMap(({ Action }) => Action);
      const always = ['logs:CreateLogStream', 'logs:PutLogEvents', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'];
      expect([id, [...new Set(actual)].sort()]).toEqual([id, [...new Set([...always, ...expected])].sort()]);
    }
  });
});

test('asl-validator has nothing against the definitions', () => {
  const machines = ofType(resourcesOf(everything), 'AWS::StepFunctions::StateMachine');
  expect(machines.length).toBeGreaterThan(1);
  expect(complaints(machines.map(([, one]) => JSON.parse(definitionOf(one)) as Definition))).toEqual([]);
});

test('a step may start the workflow that it belongs to', () => {
  const again: { start?: unknown } = {};
  const first = workflow('first', { run: () => null });
  const second = workflow('second', {
    run: () => step('start', { uses: { first: first.start }, run: () => again })({}),
  });
  expect(circleIn(resourcesOf([app('both', { workflows: [first, second] })]))).toEqual([]);
});

group('what AWS cannot have is an error that says so', () => {
  const run = () => undefined;
  const drop = bucket('drop');
  test.each<[string, () => unknown, RegExp]>([
    [
      'two triggers for one key',
      () =>
        app('a', {
          triggers: [onObject(drop, { prefix: 'a/', run }), onObject(drop, { name: 'b', suffix: '.b', run })],
        }),
      /onObject 'on-drop' and 'b' of bucket 'drop': a key can be for both/,
    ],
    [
      'a step that takes an hour',
      () => app('a', { workflows: [workflow('w', { run: () => step('slow', { timeout: 3600, run })({}) })] }),
      /step 'slow': timeout is 3600; on AWS it can be at most 895 seconds/,
    ],
    [
      'names that become one',
      () =>
        app('a', {
          triggers: [consume(queue('a-b'), { run, uses: { one: table('x-y').read, two: table('x--y').read } })],
        }),
      /AWS::DynamoDB::Table: two declared names become the same logical id, XYTable/,
    ],
    [
      'more reserved environments than there are',
      () =>
        app('a', {
          workflows: [
            workflow('w', {
              run: () => Array.from({ length: 25 }, (_, number) => step(`s${number}`, { run })({})),
            }),
          ],
        }),
      /26 functions would reserve 1010 environments/,
    ],
  ])('%s', (_, make, message) => {
    expect(() => describe([make() as App], settings)).toThrow(message);
  });

  test.each<[string, object, RegExp]>([
    [
      'a firewall elsewhere',
      { region: 'eu-west-1' },
      /region: a firewall .* only be made in us-east-1, not in eu-west-1/,
    ],
    ['a stage with capitals', { stage: 'Prod' }, /stage: 'Prod' must be/],
    ['no number', { skein: { ...GIVEN.skein, requestsPerAddress: '9' } }, /custom\.skein\.requestsPerAddress: must be/],
    ['an option that is none', { skein: { ...GIVEN.skein, rate: 1 } }, /custom\.skein: unknown option 'rate'/],
  ])('%s', (_, change, message) => {
    expect(() => checkedSettings({ ...GIVEN, ...change })).toThrow(message);
  });
});
