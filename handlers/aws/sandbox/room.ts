import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from '../../../core/app.ts';
import type { Json } from '../../../core/json.ts';
import type { Log } from '../../../core/log.ts';
import { SetupError } from '../../../core/setup-error.ts';
import { namedBy } from '../events/called.ts';
import { variablesOf } from '../functions/environment.ts';
import type { HttpResult } from '../http/http-kind.ts';
import { type Cloud, openCloud } from './cloud.ts';
import { type Api, type DeployedFunction, type Deployment, deploymentOf } from './deployment.ts';
import { fromHttpApiResult, responseOfFailure, toHttpApiEvent } from './http-api.ts';
import { LambdaError } from './lambda-error.ts';
import { openPool, type Pool } from './pool.ts';
import { ricProgram } from './ric.ts';
import { routeFor } from './routes.ts';
import type { Template } from './template.ts';
import { DYNAMODB_WANTED, hasDynamoDb, hasFauxqs } from './tools.ts';
import { unpack } from './unzip.ts';

export interface SandboxOptions {
  /** What `serverless package` wrote: a template and archives. */
  readonly folder: string;
  /** Opens management; the value of the secret `AdminKey`. */
  readonly adminKey: string;
  /** Values of declared secrets, by their names. @default none is set */
  readonly secrets?: ReadonlyMap<string, string>;
  /** The origins at which an app is served here: they stand for those that AWS would give it. @default none */
  originsOf?(app: string): readonly string[];
  /** Most sandboxes of one function, whatever its cap. @default 40 */
  readonly most?: number;
  /** Told of what the room does, and of each line that a function writes. @default nobody */
  readonly log?: Log;
}

/** Calls of a function, for who wants to know what they cost. */
export interface Calls {
  count: number;
  /** Milliseconds that the calls took together, without cold starts. */
  milliseconds: number;
}

/** Packaged functions in sandboxes, over the AWS of this machine. */
export interface SandboxRoom {
  readonly cloud: Cloud;
  readonly pools: ReadonlyMap<string, Pool>;
  readonly calls: ReadonlyMap<string, Calls>;
  /** Calls a function. @param arn its ARN. @throws LambdaError (rejects) */
  invoke(arn: string, event: Json): Promise<Json>;
  /** A request through the HTTP API of an app. */
  fetch(app: string, request: Request): Promise<Response>;
  close(): Promise<void>;
}

/** Its name in the folder of a package. */
export const TEMPLATE = 'cloudformation-template-update-stack.json';
/** Environments of a function that nothing caps. */
const UNCAPPED = 10;

/**
 * Runs what was packaged: each function in processes of AWS's runtime interface client, each state machine as its template has it.
 *
 * @throws SetupError naming what is not installed.
 */
export async function openSandboxRoom(apps: readonly App[], options: SandboxOptions): Promise<SandboxRoom> {
  const { folder, adminKey, secrets = new Map(), most = 40, log = () => undefined, originsOf = () => [] } = options;
  ricProgram();
  if (!hasFauxqs || !hasDynamoDb)
    throw new SetupError(`the emulators of S3, SQS and DynamoDB are not installed: ${DYNAMODB_WANTED}`);
  const template = JSON.parse(readFileSync(join(folder, TEMPLATE), 'utf8')) as Template;
  const unpacked = mkdtempSync(join(tmpdir(), 'skein-functions-'));
  const pools = new Map<string, Pool>();
  const calls = new Map<string, Calls>();

  const invoke = async (arn: string, event: Json): Promise<Json> => {
    const pool = pools.get(arn);
    if (pool === undefined) throw new LambdaError('ResourceNotFoundException', `Function not found: ${arn}`);
    const own = calls.get(arn) ?? { count: 0, milliseconds: 0 };
    calls.set(arn, own);
    return pool.invoke(event, (milliseconds) => {
      own.count++;
      own.milliseconds += milliseconds;
    });
  };

  const names = apps.map(({ name }) => name);
  const appsOf = (api: Api): readonly string[] => namedBy(names, (name) => name, api.name);
  const cloud = await openCloud({
    deploymentAt(endpoint) {
      const deployment = deploymentOf(template, endpoint, { AdminKey: adminKey, FrontKey: randomUUID() });
      return { ...deployment, cors: servedHere(deployment, appsOf, originsOf) };
    },
    secretsOf: (deployment) => secretsIn(deployment, secrets),
    invoke,
    log,
  });
  for (const one of cloud.deployment.functions) {
    const { id, arn, name, archive, handler, timeout, memory, env } = one;
    const root = join(unpacked, id);
    unpack(readFileSync(join(folder, archive)), root);
    const spec = { arn, name, handler, timeout, memory, folder: root, env: { ...env, ...cloud.environmentOf(one) } };
    pools.set(
      arn,
      openPool(spec, Math.min(most, capOf(one, cloud.deployment)), (line) =>
        log('function wrote', { function: name, line }),
      ),
    );
  }
  const apis = new Map(cloud.deployment.apis.flatMap((api) => appsOf(api).map((name) => [name, api] as const)));
  cloud.begin();
  return {
    ...{ cloud, pools, calls, invoke },
    async fetch(app, request) {
      const { host, pathname } = new URL(request.url);
      const route = routeFor(apis.get(app)?.routes ?? [], request.method, pathname);
      if (route === undefined) return Response.json({ message: 'Not Found' }, { status: 404 });
      try {
        const event = { ...(await toHttpApiEvent(request, host)), routeKey: route.key };
        return fromHttpApiResult((await invoke(route.function, event)) as unknown as HttpResult);
      } catch (error) {
        if (!(error instanceof LambdaError)) throw error;
        log('request failed', { app, error: error.name, message: error.message });
        return responseOfFailure(error);
      }
    },
    async close() {
      await cloud.close();
      await Promise.all([...pools.values()].map((pool) => pool.close()));
      rmSync(unpacked, { recursive: true, force: true });
    },
  };
}

function capOf({ arn, reserved }: DeployedFunction, { mappings }: Deployment): number {
  return reserved ?? mappings.find((one) => one.function === arn)?.concurrency ?? UNCAPPED;
}

/** The rules of buckets, in which an origin of an app on AWS is also every one that it has here. */
function servedHere(
  { cors, apis }: Deployment,
  appsOf: (api: Api) => readonly string[],
  originsOf: (app: string) => readonly string[],
): Deployment['cors'] {
  const here = (origin: string): readonly string[] =>
    apis.filter(({ origins }) => origins.includes(origin)).flatMap((api) => appsOf(api).flatMap(originsOf));
  return new Map(
    [...cors].map(([bucket, rules]) => [
      bucket,
      rules.map((rule) => ({ ...rule, origins: rule.origins.flatMap((origin) => [origin, ...here(origin)]) })),
    ]),
  );
}

/** Which secret of the deployment a declared one is, a function's environment says. */
function secretsIn(
  { functions }: Deployment,
  values: ReadonlyMap<string, string>,
): readonly [arn: string, value: string][] {
  const env = Object.assign({}, ...functions.map((one) => one.env)) as Record<string, string>;
  return [...values].flatMap(([name, value]) =>
    variablesOf({ kind: 'secret', name }).flatMap(({ name: variable }): [string, string][] => {
      const arn = env[variable];
      return arn === undefined ? [] : [[arn, value]];
    }),
  );
}
