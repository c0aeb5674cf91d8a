import { hash } from 'node:crypto';
import { Agent, type IncomingMessage, request as open, type ServerResponse } from 'node:http';
import { type Asked, askedBy, objectArn, placeOf, signedBy } from './asked.ts';
import { allowOrigin, answerPreflight, type CorsRule } from './cors.ts';
import type { DeployedFunction } from './deployment.ts';
import { bytesOf, type Loopback, openServer } from './loopback.ts';
import { allows, grants, grantsUsed } from './policy.ts';
import type { Keys } from './presigned.ts';
import { refuse, type S3 } from './s3.ts';

/** An action that a function's role does not allow. */
export interface Denied extends Asked {
  /** The function's logical id. */
  readonly function: string;
}

/** What a function's role allows, and what of it was ever used. */
export interface RoleUse {
  readonly function: string;
  readonly granted: readonly string[];
  readonly used: ReadonlySet<string>;
  /** How many requests it made, by action. */
  readonly requests: ReadonlyMap<string, number>;
}

export interface GateParts {
  /** The functions, when it is known where they find AWS. */
  functionsAt(endpoint: string): readonly DeployedFunction[];
  /** @param keysOf those that sign URLs. */
  s3(keysOf: (accessKeyId: string) => Keys | undefined): S3;
  /** The rules of a bucket by which pages of other origins reach it. */
  cors(bucket: string): readonly CorsRule[];
  /** Where the other services are, by the names that signatures have. */
  readonly services: Readonly<Record<'sqs' | 'dynamodb' | 'states' | 'secretsmanager', string>>;
  /** Whose requests are nobody's function: the room's own, which may do anything. */
  readonly own: Keys;
  /** Told of each object that is put. */
  onObject(bucket: string, key: string): void;
}

export interface Gate extends Loopback {
  readonly denied: readonly Denied[];
  /** By the functions' logical ids. */
  readonly roles: ReadonlyMap<string, RoleUse>;
}

/** One secret for all: what tells functions apart is the id, as it would be the session's. */
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';

/** What a function signs its requests with. */
export function keysFor(id: string): Keys {
  return { accessKeyId: `AKIA${hash('sha256', id).slice(0, 16).toUpperCase()}`, secretAccessKey: SECRET };
}

/**
 * The one endpoint of AWS that functions on this machine have. Whose request it is, is told by its signature; what the role of that
 * function does not allow is refused, as IAM would, and everything is counted.
 */
export async function openAwsGate({
  functionsAt,
  s3: s3With,
  cors,
  services,
  own,
  onObject,
}: GateParts): Promise<Gate> {
  const denied: Denied[] = [];
  const owners = new Map<string, DeployedFunction>();
  const roles = new Map<string, RoleUse & { readonly used: Set<string>; readonly requests: Map<string, number> }>();
  const agent = new Agent({ keepAlive: true });
  const s3 = s3With((accessKeyId) => {
    const owner = owners.get(accessKeyId);
    return accessKeyId === own.accessKeyId ? own : owner && keysFor(owner.id);
  });

  /** @returns whether the function may do it; what it does is written down. */
  const permit = ({ id, allowed }: DeployedFunction, asked: Asked): boolean => {
    const use = roles.get(id)!;
    use.requests.set(asked.action, (use.requests.get(asked.action) ?? 0) + 1);
    for (const grant of grantsUsed(allowed, asked)) use.used.add(grant);
    if (allows(allowed, asked)) return true;
    denied.push({ function: id, ...asked });
    return false;
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === 'OPTIONS') return answerPreflight(request, response, cors(placeOf(request).bucket));
    const body = await bytesOf(request);
    const signed = signedBy(request);
    const owner = signed && owners.get(signed.accessKeyId);
    const trusted = signed?.accessKeyId === own.accessKeyId;
    if ((signed?.service ?? 's3') === 's3') allowOrigin(request, response, cors(placeOf(request).bucket));
    if (signed === undefined || (owner === undefined && !trusted)) return unknown(response, signed?.service ?? 's3');
    const fault = signed.service === 's3' ? s3.fault(request) : undefined;
    if (fault !== undefined) return refuse(response, ...fault);
    if (owner !== undefined)
      for (const asked of askedBy(signed.service, request, body))
        if (!permit(owner, asked)) return forbid(response, signed.service, owner, asked);
    if (signed.service !== 's3')
      return pass(request, body, services[signed.service as keyof typeof services], response);
    response.once('finish', () => {
      const { bucket, key, url } = placeOf(request);
      const { method } = request;
      // Whoever may not list is not told that there is none: S3 would answer 403.
      if (owner && response.statusCode === 404 && key !== '' && (method === 'GET' || method === 'HEAD'))
        permit(owner, { action: 's3:ListBucket', resource: objectArn(bucket) });
      const part = url.searchParams.has('partNumber') || url.searchParams.has('uploads');
      const put = (method === 'PUT' || method === 'POST') && !part;
      if (put && response.statusCode === 200 && key !== '') onObject(bucket, key);
    });
    return s3.handle(request, body, response);
  };

  const pass = (request: IncomingMessage, body: Buffer, to: string, response: ServerResponse): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const { method, headers } = request;
    const behind = open(new URL(request.url ?? '/', to), { method, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.once('error', reject);
      response.once('close', resolve);
    });
    behind.once('error', reject);
    behind.end(body);
    return promise;
  };

  const server = await openServer(handle, (response, error) => {
    response.writeHead(500, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ __type: 'InternalFailure', message: String(error) }));
  });
  for (const one of functionsAt(server.address)) {
    const { id, allowed } = one;
    owners.set(keysFor(id).accessKeyId, one);
    roles.set(id, { function: id, granted: grants(allowed), used: new Set(), requests: new Map() });
  }
  return {
    ...server,
    denied,
    roles,
    async close() {
      await server.close();
      agent.destroy();
    },
  };
}

function unknown(response: ServerResponse, service: string): void {
  if (service === 's3') refuse(response, 403, 'InvalidAccessKeyId');
  else answerJson(response, 'UnrecognizedClientException', 'The security token included in the request is invalid.');
}

function forbid(
  response: ServerResponse,
  service: string,
  { name }: DeployedFunction,
  { action, resource }: Asked,
): void {
  const message = `the role of ${name} is not authorized to perform: ${action} on resource: ${resource}`;
  if (service === 's3') refuse(response, 403, 'AccessDenied');
  else answerJson(response, 'AccessDeniedException', message);
}

function answerJson(response: ServerResponse, type: string, message: string): void {
  response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify({ __type: type, message }));
}
