import { beforeAll, expect, describe as group, test } from 'vitest';
import { z } from 'zod';
import {
  type App,
  app,
  bucket,
  consume,
  http,
  onObject,
  queue,
  schedule,
  secret,
  step,
  table,
  waitFor,
  workflow,
} from '../../../core/index.ts';
import type { Json } from '../../../core/json.ts';
import { describe } from '../../../deploy/aws/describe.ts';
import { checkedSettings } from '../../../deploy/aws/settings.ts';
import { GIVEN } from './settings.ts';
import { circleIn, danglingIn, definitionOf, ofType, type Resources } from './template.ts';

const run = () => undefined;
const long = (letter: string, length = 63): string => letter.repeat(length);
/** The longest that there are. */
const settings = checkedSettings({ ...GIVEN, service: long('s', 20), stage: long('t', 20) });
const flow = (name: string, uses = {}) =>
  workflow(name, {
    run() {
      waitFor('paid', { schema: z.object({}) });
      return step(long('a', 80), { uses, run: () => null })({});
    },
  });

/** Whatever has a name has the longest, and there are more workflows than one rule of EventBridge has room for. */
function longest(): App {
  const [parcels, orders, stock] = [bucket(long('b')), queue(long('q')), table(long('t'))];
  const uses = { parcels: parcels.all, orders: orders.all, stock: stock.all, key: secret(long('k')).read };
  return app(long('p'), {
    title: '📦'.repeat(200),
    workflows: [
      flow(long('w', 80), uses),
      ...Array.from({ length: 13 }, (_, index) => flow(`${long('v', 78)}${index + 10}`)),
    ],
    http: [http('routes', { uses, routes: (api) => api.get('/', (c) => c.text('')) })],
    triggers: [
      consume(orders, { uses, run, timeout: 890 }),
      onObject(parcels, { name: long('o', 56), run }),
      schedule('0 0 1 * mon', { name: long('c', 56), run }),
    ],
  });
}

group('what AWS bounds and no schema says', () => {
  let resources: Resources;
  let functions: readonly { readonly name: string }[];
  beforeAll(() => {
    const described = describe([longest()], { ...settings, concurrency: { ...settings.concurrency, step: 1 } });
    resources = described.resources.Resources as unknown as Resources;
    functions = Object.values(described.functions) as unknown as { name: string }[];
  });

  test.each<[type: string, property: string, most: number, characters: RegExp]>([
    ['AWS::ApiGatewayV2::Api', 'Name', 128, /^[\w-]+$/],
    ['AWS::CloudFront::Function', 'Name', 64, /^[\w-]+$/],
    ['AWS::CloudWatch::Dashboard', 'DashboardName', 255, /^[\w-]+$/],
    ['AWS::Logs::LogGroup', 'LogGroupName', 512, /^[\w./#-]+$/],
    ['AWS::SNS::Topic', 'TopicName', 256, /^[\w-]+$/],
    ['AWS::SQS::Queue', 'QueueName', 80, /^[\w-]+$/],
    ['AWS::Scheduler::Schedule', 'Name', 64, /^[\w.-]+$/],
    ['AWS::StepFunctions::StateMachine', 'StateMachineName', 80, /^[\w-]+$/],
  ])('%s: %s has at most %i characters, and is its own', (type, property, most, characters) => {
    const names = ofType(resources, type).map(([, properties]) => String(properties[property]));
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => name.length > most || !characters.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  test('so have functions, whose names are 64 characters at most, and logical ids, which are 255', () => {
    const names = functions.map(({ name }) => name);
    expect(names.filter((name) => !/^[\w-]{1,64}$/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    expect(Object.keys(resources).filter((id) => !/^[A-Za-z0-9]{1,255}$/.test(id))).toEqual([]);
    expect(danglingIn(resources).filter((id) => !/(LambdaFunction|LogGroup)$/.test(id))).toEqual([]);
    expect(circleIn(resources)).toEqual([]);
  });

  test('a long title is cut to the 128 characters of a distribution', () => {
    const [[, { DistributionConfig }] = ['', {}]] = ofType(resources, 'AWS::CloudFront::Distribution');
    expect(DistributionConfig).toMatchObject({ Comment: '📦'.repeat(128) });
  });

  test('a pattern of EventBridge has at most 2,048 characters, and each workflow is in one', () => {
    const rules = ofType(resources, 'AWS::Events::Rule');
    expect(rules.map(([id]) => id)).toEqual(['RunsEnd', 'RunsEnd2']);
    const texts = rules.map(([, { EventPattern }]) => JSON.stringify(resolved(EventPattern)));
    expect(texts.filter((text) => text.length > 2048)).toEqual([]);
    const machines = ofType(resources, 'AWS::StepFunctions::StateMachine').map(([, one]) =>
      String(one.StateMachineName),
    );
    expect(machines.filter((name) => !texts.some((text) => text.includes(`:${name}"`)))).toEqual([]);
    for (const [id] of rules)
      expect(resources[`${id}Permission`]?.Properties).toMatchObject({ SourceArn: { 'Fn::GetAtt': [id, 'Arn'] } });
  });

  test('a definition has at most a megabyte, and its states have names of at most 80 characters', () => {
    for (const [, machine] of ofType(resources, 'AWS::StepFunctions::StateMachine')) {
      const text = definitionOf(machine);
      expect(text.length).toBeLessThan(1_048_576);
      expect(stateNames(JSON.parse(text)).filter((name) => name.length > 80)).toEqual([]);
    }
  });

  test('more workflows than the environment of a function can name are an error that says so', () => {
    const workflows = Array.from({ length: 60 }, (_, index) => workflow(`flow-${index}`, { run: () => null }));
    expect(() => describe([app('many', { workflows })], settings)).toThrow(
      /function 'skein-control': its 62 variables, .* come to at least \d+ bytes, and Lambda takes 4096/,
    );
  });
});

/** With the longest names of a partition and a region. */
function resolved(value: Json | undefined): unknown {
  const known: Readonly<Record<string, string>> = {
    Partition: 'aws-us-gov',
    Region: 'ap-southeast-1',
    AccountId: '123456789012',
  };
  const text = JSON.stringify(value).replaceAll(/\{"Fn::Sub":("[^"]*")\}/g, '$1');
  return JSON.parse(text.replaceAll(/\$\{AWS::(\w+)\}/g, (_, name: string) => known[name] ?? ''));
}

function stateNames(value: unknown): readonly string[] {
  if (value === null || typeof value !== 'object') return [];
  const { States } = value as { States?: object };
  return [...Object.keys(States ?? {}), ...Object.values(value).flatMap(stateNames)];
}
