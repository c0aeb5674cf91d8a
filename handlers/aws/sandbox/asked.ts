import type { IncomingMessage } from 'node:http';
import { ACCOUNT, REGION } from './template.ts';

/** An action that a request to AWS is, and what it is done to. */
export interface Asked {
  /** As IAM spells it. */
  readonly action: string;
  /** An ARN; `undefined` where the request does not name one. */
  readonly resource: string | undefined;
}

/** Who signed a request, and for which service, as its header or its URL says. */
export interface Signed {
  readonly accessKeyId: string;
  readonly service: string;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
export function signedBy(request: IncomingMessage): Signed | undefined {
  const { authorization = '' } = request.headers;
  const inUrl = new URL(request.url ?? '/', 'http://host').searchParams.get('X-Amz-Credential');
  const credential = /Credential=([^,\s]+)/.exec(authorization)?.[1] ?? inUrl ?? '';
  const [accessKeyId = '', , , service = ''] = credential.split('/');
  return service === '' ? undefined : { accessKeyId, service };
}

type Body = { readonly [field: string]: unknown };

/**
 * What a request asks for, in the words of IAM.
 *
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 *
 * @throws Error where it is a request that no client of this room sends.
 */
export function askedBy(service: string, request: IncomingMessage, body: Buffer): readonly Asked[] {
  if (service === 's3') return [askedOfS3(request)];
  const operation =
    String(request.headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1) ?? '';
  const fields = JSON.parse(body.toString() || '{}') as Body;
  switch (service) {
    case 'sqs':
      return [{ action: `sqs:${operation.replace(/Batch$/, '')}`, resource: queueArn(fields) }];
    case 'dynamodb':
      return askedOfDynamoDb(operation, fields);
    case 'states': {
      const arn = fields.stateMachineArn ?? fields.executionArn;
      return [{ action: `states:${operation}`, resource: textOf(arn) }];
    }
    case 'secretsmanager':
      return [{ action: `secretsmanager:${operation}`, resource: textOf(fields.SecretId) }];
    default:
      throw new Error(`this machine has no ${service}`);
  }
}

export function objectArn(bucket: string, key = ''): string {
  return `arn:aws:s3:::${bucket}${key === '' ? '' : `/${key}`}`;
}

export function placeOf(request: IncomingMessage): { bucket: string; key: string; url: URL } {
  const url = new URL(request.url ?? '/', 'http://host');
  const [, bucket = '', ...rest] = url.pathname.split('/');
  return { bucket, key: decodeURIComponent(rest.join('/')), url };
}

function askedOfS3(request: IncomingMessage): Asked {
  const { bucket, key, url } = placeOf(request);
  if (key === '') return { action: 's3:ListBucket', resource: objectArn(bucket) };
  const resource = objectArn(bucket, key);
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return { action: 's3:GetObject', resource };
    case 'DELETE':
      return { action: url.searchParams.has('uploadId') ? 's3:AbortMultipartUpload' : 's3:DeleteObject', resource };
    // Each request of an upload in parts is a part of a put: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
    default:
      return { action: 's3:PutObject', resource };
  }
}

function askedOfDynamoDb(operation: string, fields: Body): readonly Asked[] {
  const on = (action: string, table: unknown): Asked => ({
    action: `dynamodb:${action}`,
    resource: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${String(table)}`,
  });
  if (operation !== 'TransactWriteItems') return [on(operation, fields.TableName)];
  const items = fields.TransactItems as readonly Readonly<Record<string, Body>>[];
  const names: Readonly<Record<string, string>> = {
    Put: 'PutItem',
    Update: 'UpdateItem',
    Delete: 'DeleteItem',
    ConditionCheck: 'ConditionCheckItem',
  };
  return items.flatMap((item) => Object.entries(item).map(([kind, one]) => on(names[kind] ?? kind, one.TableName)));
}

function queueArn({ QueueUrl }: Body): string | undefined {
  const name = textOf(QueueUrl)?.split('/').at(-1);
  return name === undefined ? undefined : `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
