import { invalidInput } from '../../../../core/error.ts';
import type { Json } from '../../../../core/json.ts';
import type { RuntimeStatus } from './history-store.ts';
import type { Instance } from './instance.ts';
import type { HistoryEvent } from './protocol.ts';

export interface DurableStatus {
  readonly name: string;
  readonly instanceId: string;
  readonly runtimeStatus: RuntimeStatus;
  readonly input: Json;
  readonly customStatus: Json;
  /** Of a failed or terminated one, why. */
  readonly output: Json;
  /** ISO 8601; continue-as-new sets it anew. */
  readonly createdTime: string;
  readonly lastUpdatedTime: string;
  readonly history?: readonly HistoryEvent[];
}

export interface ListQuery {
  readonly runtimeStatus?: readonly string[];
  readonly createdTimeFrom?: Date;
  readonly createdTimeTo?: Date;
  readonly instanceIdPrefix?: string;
  /** @default 100 */
  readonly pageSize?: number;
  /** `next` of the page before. */
  readonly continuationToken?: string;
}

export interface StatusPage {
  readonly items: readonly DurableStatus[];
  readonly next?: string;
}

export function statusOf(instance: Instance): DurableStatus {
  return {
    name: instance.name,
    instanceId: instance.id,
    runtimeStatus: instance.status,
    input: instance.input === null ? null : (JSON.parse(instance.input) as Json),
    customStatus: instance.customStatus,
    output: instance.output,
    createdTime: new Date(instance.created).toISOString(),
    lastUpdatedTime: new Date(instance.updated).toISOString(),
  };
}

/** One page of the instances that a query means, by their ids. */
export function listOf(instances: Iterable<Instance>, query: ListQuery): StatusPage {
  const size = query.pageSize ?? 100;
  if (!Number.isSafeInteger(size) || size < 1)
    throw invalidInput(`pageSize is ${size}; it takes a whole number from 1`, 'pageSize');
  const after = query.continuationToken === undefined ? '' : lastIdOf(query.continuationToken);
  const from = query.createdTimeFrom?.getTime() ?? Number.NEGATIVE_INFINITY;
  const to = query.createdTimeTo?.getTime() ?? Number.POSITIVE_INFINITY;
  const meant = [...instances]
    .filter(({ id, status, created }) => {
      if (query.runtimeStatus !== undefined && !query.runtimeStatus.includes(status)) return false;
      return id > after && id.startsWith(query.instanceIdPrefix ?? '') && created >= from && created <= to;
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const page = meant.slice(0, size);
  const last = page.at(-1);
  const more = meant.length > size && last !== undefined;
  return { items: page.map(statusOf), ...(more ? { next: Buffer.from(last.id).toString('base64url') } : {}) };
}

function lastIdOf(token: string): string {
  const id = Buffer.from(token, 'base64url').toString();
  if (Buffer.from(id).toString('base64url') !== token)
    throw invalidInput(`continuationToken ${JSON.stringify(token)} is none of this host`, 'continuationToken');
  return id;
}
