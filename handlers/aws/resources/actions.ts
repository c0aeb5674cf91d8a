import type { Mode, ResourceKind } from '../../../core/resources/access.ts';

/** A right that an access needs. */
export interface ActionGrant {
  /** As IAM spells it. */
  readonly action: string;
  /** What it is a right to: the resource itself, its objects (`arn:aws:s3:::name/*`), or the queue of its dead letters. */
  readonly on: 'resource' | 'objects' | 'dead';
}

/** The kinds for which this room has clients. */
export type ClientKind = Exclude<ResourceKind, 'workflow'>;

type Rights = Readonly<Record<string, readonly ActionGrant[]>>;

const on =
  (where: ActionGrant['on'], service: string) =>
  (...names: readonly string[]): readonly ActionGrant[] =>
    names.map((name) => ({ action: `${service}:${name}`, on: where }));

const bucket = on('resource', 's3');
const objects = on('objects', 's3');
const queue = on('resource', 'sqs');
const dead = on('dead', 'sqs');
const table = on('resource', 'dynamodb');
const secret = on('resource', 'secretsmanager');

const put = table('PutItem');

/**
 * What each method of a client needs. `ListBucket` also makes S3 say of an object that is not there that it is not, where it would
 * say that it is forbidden.
 *
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const RIGHTS: Readonly<Record<ClientKind, Readonly<Record<'read' | 'write', Rights>>>> = {
  bucket: {
    read: {
      get: [...objects('GetObject'), ...bucket('ListBucket')],
      head: [...objects('GetObject'), ...bucket('ListBucket')],
      list: [...objects('GetObject'), ...bucket('ListBucket')],
      downloadUrl: objects('GetObject'),
    },
    write: {
      put: [...objects('PutObject', 'AbortMultipartUpload'), ...bucket('ListBucket')],
      delete: objects('DeleteObject'),
      uploadUrl: objects('PutObject'),
    },
  },
  queue: {
    read: {
      receive: [...queue('ReceiveMessage', 'DeleteMessage'), ...dead('SendMessage')],
      ack: queue('DeleteMessage'),
      release: queue('ChangeMessageVisibility'),
      extend: queue('ChangeMessageVisibility'),
      bury: [...queue('ChangeMessageVisibility', 'DeleteMessage'), ...dead('SendMessage')],
      depth: [...queue('GetQueueAttributes'), ...dead('GetQueueAttributes')],
      dead: dead('ReceiveMessage'),
      redrive: [...queue('SendMessage'), ...dead('ReceiveMessage', 'DeleteMessage')],
    },
    write: { send: queue('SendMessage'), sendBatch: queue('SendMessage') },
  },
  table: {
    read: { get: table('GetItem'), query: table('Query') },
    write: {
      create: put,
      put,
      replace: put,
      update: [...table('UpdateItem'), ...put],
      add: [...table('UpdateItem'), ...put],
      delete: table('DeleteItem'),
      transact: table('PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'),
    },
  },
  secret: { read: { get: secret('GetSecretValue') }, write: {} },
};

/** What each method of a client needs, by its name. */
export function actionsByMethod(kind: ClientKind): Rights {
  const { read, write } = RIGHTS[kind];
  return { ...read, ...write };
}

/**
 * The rights that an access to a resource needs: those of the methods that it leaves, each once. A bucket, a queue or a secret that is
 * encrypted with a key of one's own needs rights to that key besides.
 */
export function actionsFor(kind: ClientKind, mode: Mode): readonly ActionGrant[] {
  const { read, write } = RIGHTS[kind];
  const needed = [...(mode === 'write' ? [] : Object.values(read)), ...(mode === 'read' ? [] : Object.values(write))];
  const byName = needed.flat().map((one): [string, ActionGrant] => [`${one.on} ${one.action}`, one]);
  return [...new Map(byName).values()].sort((a, b) => (a.on + a.action < b.on + b.action ? -1 : 1));
}
