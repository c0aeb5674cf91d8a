import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../support/server.ts';
import { copyCheckout, packageIn, readPackage } from './packaging.ts';
import { permissionComplaints } from './permissions.ts';
import { hasSchemas, SCHEMAS_WANTED, schemaComplaints } from './schemas.ts';
import {
  circleIn,
  danglingIn,
  ofType,
  type Resource,
  type Resources,
  type Statement,
  statementsOf,
} from './template.ts';

const title = 'what AWS itself says of the packaged template';

describe.skipIf(!hasSchemas)(hasSchemas ? title : `SKIPPED ${title}: ${SCHEMAS_WANTED}`, () => {
  let resources: Resources;
  let outputs: object;

  beforeAll(async () => {
    const root = copyCheckout();
    cpSync(join(ROOT, 'test/aws/serverless/depot.ts'), join(root, 'depot.ts'));
    const everything =
      "import apps from './apps/index.ts';\nimport depot from './depot.ts';\nexport default [...apps, depot];\n";
    writeFileSync(join(root, 'everything.ts'), everything);
    await packageIn(root, ['--param', 'module=./everything.ts']);
    ({ Resources: resources, Outputs: outputs } = readPackage(root, '.serverless').template);
  }, 900_000);

  test('each resource is of a type that there is, and has the properties that it must and may have', () => {
    expect(new Set(Object.values(resources).map(({ Type }) => Type)).size).toBeGreaterThan(20);
    expect(schemaComplaints(resources, outputs)).toEqual([]);
    expect(danglingIn(resources, outputs)).toEqual([]);
    expect(circleIn(resources)).toEqual([]);
  });

  test('each action is one, and is granted on what it is about', () => {
    expect(ofType(resources, 'AWS::IAM::Role').length).toBeGreaterThan(20);
    expect(permissionComplaints(resources)).toEqual([]);
  });

  const changed = (id: string, properties: object): Resources => {
    const { Properties, ...rest } = resources[id] as Resource;
    return { ...resources, [id]: { ...rest, Properties: { ...Properties, ...properties } } as Resource };
  };

  test.each<[string, string, object, string]>([
    [
      'a property that is none',
      'StockTable',
      { Billing: 'x' },
      'StockTable (AWS::DynamoDB::Table): there is no Billing',
    ],
    [
      'a value that is none',
      'CountStockSchedule',
      { FlexibleTimeWindow: { Mode: 'ON' } },
      'CountStockSchedule (AWS::Scheduler::Schedule).FlexibleTimeWindow.Mode: "ON" is none of OFF, FLEXIBLE',
    ],
    [
      'one of another kind',
      'OrdersQueue',
      { VisibilityTimeout: '30' },
      'OrdersQueue (AWS::SQS::Queue).VisibilityTimeout: "30" is no integer',
    ],
    [
      'what lacks a field',
      'Firewall',
      { VisibilityConfig: {} },
      'Firewall (AWS::WAFv2::WebACL).VisibilityConfig: CloudWatchMetricsEnabled is missing',
    ],
    [
      'an attribute',
      'RunsEnd',
      { RoleArn: { 'Fn::GetAtt': ['OrdersQueue', 'ARN'] } },
      'OrdersQueue has no attribute ARN',
    ],
  ])('it would be seen: %s', (_, id, properties, complaint) => {
    expect(schemaComplaints(changed(id, properties), outputs)).toContain(complaint);
  });

  test.each<[string, Partial<Statement>, string]>([
    ['an action that is none', { Action: ['sqs:SendMessages'] }, 'there is no action sqs:SendMessages'],
    ['one on everything', { Resource: '*' }, 'logs:PutLogEvents can be restricted, and is on *'],
    [
      'one about nothing',
      { Action: ['xray:PutTraceSegments'] },
      'xray:PutTraceSegments is about no resource, and is on arn:',
    ],
    ['one about something else', { Action: ['sqs:SendMessage'] }, 'sqs:SendMessage is not about arn:aws:logs:'],
  ])('it would be seen: %s', (_, statement, complaint) => {
    const [first, ...rest] = statementsOf(resources.DepotHttpRole);
    const Policies = [{ PolicyName: 'uses', PolicyDocument: { Statement: [{ ...first, ...statement }, ...rest] } }];
    const complaints = permissionComplaints(changed('DepotHttpRole', { Policies }));
    expect(complaints.some((one) => one.startsWith(`DepotHttpRole: ${complaint}`))).toBe(true);
  });
});
