import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import apps from '../../../apps/index.ts';
import integral from '../../../apps/integral/index.ts';
import type { Json } from '../../../core/json.ts';
import { declaredResources } from '../../../core/resources/declared.ts';
import { lambda } from '../../../handlers/aws/index.ts';
import { unpack } from '../../../handlers/aws/sandbox/unzip.ts';
import { ROOT, temporary } from '../../support/server.ts';
import { copyCheckout, type Packaged, packageIn, readPackage } from './packaging.ts';
import { circleIn, danglingIn, ofType } from './template.ts';

let first: Packaged;
let second: Packaged;

beforeAll(async () => {
  const root = copyCheckout();
  // Elsewhere first: each run empties .serverless before it begins.
  await packageIn(root, ['--package', 'elsewhere']);
  second = readPackage(root, 'elsewhere');
  await packageIn(root);
  first = readPackage(root, '.serverless');
}, 900_000);

const functions = () => ofType(first.template.Resources, 'AWS::Lambda::Function');

test('C3: it needs no earlier command, no credentials and no network, and has a function for all that apps declare', () => {
  const steps = apps.flatMap((app) => app.workflows.flatMap((workflow) => [...workflow.steps.values()]));
  const triggers = apps.flatMap((app) => app.triggers);
  const workflows = apps.flatMap((app) => app.workflows);
  const keeping = apps.filter(
    (app) =>
      app.triggers.length +
        (['bucket', 'queue'] as const).reduce((sum, kind) => sum + declaredResources([app], kind).size, 0) >
      0,
  );
  expect(functions()).toHaveLength(apps.length + keeping.length + steps.length + triggers.length + 1);
  expect(ofType(first.template.Resources, 'AWS::StepFunctions::StateMachine')).toHaveLength(workflows.length);
  expect(ofType(first.template.Resources, 'AWS::Lambda::EventSourceMapping')).toHaveLength(triggers.length);
});

test('what it refers to is there, and nothing waits for itself', () => {
  const { Resources, Outputs } = first.template;
  expect(danglingIn(Resources, Outputs)).toEqual([]);
  expect(circleIn(Resources)).toEqual([]);
});

test('each function has a role, a log that ends, traces, and a limit', () => {
  const { Resources } = first.template;
  const roles = functions().map(([, { Role }]) => JSON.stringify(Role));
  expect(new Set(roles).size).toBe(roles.length);
  for (const [id, properties] of functions()) {
    expect(properties).toMatchObject({
      Architectures: [/^Photo(?!sManage)/.test(id) ? 'x86_64' : 'arm64'],
      Runtime: 'nodejs24.x',
      TracingConfig: { Mode: 'Active' },
    });
    expect(Resources[id.replace('LambdaFunction', 'LogGroup')]?.Properties).toMatchObject({ RetentionInDays: 30 });
    const mapped = ofType(Resources, 'AWS::Lambda::EventSourceMapping').find(([, { FunctionName }]) =>
      JSON.stringify(FunctionName).includes(`"${id}"`),
    );
    const cap =
      properties.ReservedConcurrentExecutions ??
      (mapped?.[1].ScalingConfig as { MaximumConcurrency: number })?.MaximumConcurrency;
    expect([id, cap]).toEqual([id, expect.any(Number)]);
  }
});

test('compiled code lies beside the functions of the app that imports it, for their architecture, and nowhere else', () => {
  const binary = 'node_modules/@img/sharp-linux-x64/lib/';
  for (const [id, { Architectures }] of functions()) {
    const key = id.replace('LambdaFunction', '');
    const archive = readFileSync(join(first.folder, `${key.charAt(0).toLowerCase()}${key.slice(1)}.zip`), 'latin1');
    expect([id, archive.includes(binary)]).toEqual([id, String(Architectures) === 'x86_64']);
  }
});

test('packaged again it is the same', () => {
  // The folder in the deployment bucket has the time in its name, by which old ones are told from new ones and deleted.
  const plain = ({ template }: Packaged): string =>
    JSON.stringify(template).replaceAll(/\d{13}-\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time');
  expect(plain(second)).toEqual(plain(first));
  const zips = readdirSync(first.folder).filter((name) => name.endsWith('.zip'));
  expect(zips).toHaveLength(functions().length);
  for (const name of zips) expect([name, same(name)]).toEqual([name, true]);
});

const same = (name: string): boolean =>
  readFileSync(join(first.folder, name)).equals(readFileSync(join(second.folder, name)));

/** Calls handlers of a package, each in its own module, in a process that has nothing else. */
async function calling(calls: readonly (readonly [key: string, event: unknown])[]): Promise<readonly Json[]> {
  const folder = temporary();
  const listed = calls.map(([key, event]) => {
    unpack(readFileSync(join(first.folder, `${key}.zip`)), join(folder, key));
    return [join(folder, key, 'index.mjs'), event];
  });
  const program = `
    const answers = [];
    for (const [file, event] of JSON.parse(process.argv[1])) {
      const { handler } = await import(file);
      answers.push(await handler(event, {}).catch((error) => ({ error: error.name, message: error.message })));
    }
    process.stdout.write(JSON.stringify(answers), () => process.exit(0));`;
  const env = { AWS_REGION: 'us-east-1', SKEIN_ADMIN_KEY: 'a key of this test that is long enough' };
  const args = ['--input-type=module', '-e', program, JSON.stringify(listed)];
  const { stdout } = await promisify(execFile)(join(ROOT, 'node_modules/.bin/node'), args, { cwd: folder, env });
  return JSON.parse(stdout) as Json[];
}

test("the lab's route answers from the archive as from its source", async () => {
  const event = request('/numericalintegralservice/0/3.14159');
  const [answer] = await calling([['integralHttp', event]]);
  expect(answer).toMatchObject({ statusCode: 200 });
  expect(answer).toEqual(await lambda(integral)(event));
});

test('every archive holds one module that loads, and answers what it is not for with an error', async () => {
  const keys = readdirSync(first.folder).flatMap((name) => (name.endsWith('.zip') ? [name.slice(0, -4)] : []));
  const answers = await calling(keys.map((key) => [key, { hello: 'there' }]));
  for (const [index, key] of keys.entries())
    expect([key, answers[index]]).toEqual([
      key,
      { error: expect.stringMatching(/^(InvalidInput|Unsupported|NotFound)$/), message: expect.any(String) },
    ]);
});

test('the control function rounds up what a workflow computed', async () => {
  const answers = await calling([['skeinControl', { run: 'r', key: 'r/sleep', sleep: 1.2 }]]);
  expect(answers).toEqual([2]);
});

function request(path: string): object {
  return {
    ...{ version: '2.0', routeKey: '$default', rawPath: path, rawQueryString: '' },
    headers: { host: 'abc.execute-api.us-east-1.amazonaws.com' },
    requestContext: {
      http: { method: 'GET', path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      domainName: 'abc.execute-api.us-east-1.amazonaws.com',
      stage: '$default',
    },
    isBase64Encoded: false,
  };
}
