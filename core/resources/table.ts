import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Json } from '../json.ts';
import { isSchema, parseInput } from '../workflow/schema.ts';
import { type Access, grant, type ResourceOf } from './access.ts';
import type { Page } from './bucket.ts';
import { checkedOptionNames, ownName } from './name.ts';
import { atIndex, checkedFields, checkedJson, checkedWrites } from './table-checks.ts';

/** Where a document is: documents of one partition are kept, listed and changed together. Each 1 to 255 bytes of UTF-8. */
export interface TableKey {
  readonly partition: string;
  readonly id: string;
}

/** A JSON object: what a table holds. */
export type Fields = { readonly [field: string]: Json };

export interface Document<D> extends TableKey {
  readonly value: D;
  /** Changes with each write, and never comes back, not even after the document is deleted and created again. */
  readonly version: string;
  readonly expiresAt?: Date;
}

export interface LifeOptions {
  /** From then on the document is absent to every method. A write without it keeps the document for good. */
  readonly expiresAt?: Date;
}

export interface MatchOptions {
  /** Write only where the document has this version now. */
  readonly ifMatch?: string;
}

/** Fields to set; `undefined` removes a field. */
export type Changes<D> = { readonly [K in keyof D]?: D[K] | undefined };
/** Whole numbers to add to fields that may be any number. */
export type Amounts<D> = { readonly [K in keyof D as number extends D[K] ? K : never]?: number };

export interface AddOptions<D> {
  /** What the document is before the addition where there is none. @default `NotFound` then */
  readonly otherwise?: D;
}

/** One write of a transaction. */
export type TableWrite<D> =
  | ({ readonly kind: 'create'; readonly id: string; readonly value: D } & LifeOptions)
  | ({ readonly kind: 'put'; readonly id: string; readonly value: D } & LifeOptions)
  | ({ readonly kind: 'replace'; readonly id: string; readonly value: D } & LifeOptions & MatchOptions)
  | ({ readonly kind: 'update'; readonly id: string; readonly changes: Changes<D> } & MatchOptions)
  | ({ readonly kind: 'add'; readonly id: string; readonly amounts: Amounts<D> } & AddOptions<D>)
  | ({ readonly kind: 'delete'; readonly id: string } & MatchOptions)
  /** Changes nothing; the transaction holds only where the document has this version. */
  | { readonly kind: 'check'; readonly id: string; readonly ifMatch: string };

export interface QueryOptions {
  /** Only ids that begin so. @default '' */
  readonly prefix?: string;
  /** The `next` of the page before. */
  readonly cursor?: string;
  /** 1 to 1000. @default 100 */
  readonly limit?: number;
}

export interface TableReader<D> {
  /** The latest write is seen. */
  get(key: TableKey): Promise<Document<D> | undefined>;
  /** The documents of a partition in the order of the UTF-8 bytes of their ids. */
  query(partition: string, options?: QueryOptions): Promise<Page<Document<D>>>;
}

/**
 * Each write is whole or not at all; of writers with the same `ifMatch` one wins. What is wrong in itself is `InvalidInput`, and
 * a document over 262,144 bytes of JSON, or one that would become so, is `PayloadTooLarge`; both name the field.
 */
export interface TableWriter<D> {
  /** @throws `PreconditionFailed` where the document is there. */
  create(key: TableKey, value: D, options?: LifeOptions): Promise<Document<D>>;
  /** Whether it is there or not. */
  put(key: TableKey, value: D, options?: LifeOptions): Promise<Document<D>>;
  /** @throws `NotFound`; `PreconditionFailed` where `ifMatch` does not hold. */
  replace(key: TableKey, value: D, options?: LifeOptions & MatchOptions): Promise<Document<D>>;
  /**
   * Sets the named fields and leaves the others, and the expiry, as they are. The schema, which describes whole documents, is
   * not asked.
   *
   * @throws `NotFound`; `PreconditionFailed` where `ifMatch` does not hold.
   */
  update(key: TableKey, changes: Changes<D>, options?: MatchOptions): Promise<Document<D>>;
  /**
   * Adds to fields, atomically, and leaves the others, and the expiry, as they are. A field that is absent counts as 0.
   *
   * Where it throws `Unavailable`, or the connection breaks, it may have happened, or happen twice. What must be counted once is
   * added in a transaction that also creates a document which says so.
   *
   * @throws `NotFound` where there is no document and no `otherwise`; `PreconditionFailed` where a field is no number, or
   * would be no safe integer any more.
   */
  add(key: TableKey, amounts: Amounts<D>, options?: AddOptions<D>): Promise<Document<D>>;
  /** Deleting what is not there is no error without `ifMatch`. @throws `PreconditionFailed` */
  delete(key: TableKey, options?: MatchOptions): Promise<void>;
  /**
   * 1 to 25 writes to different documents of one partition: all or none.
   *
   * @throws what the first write that cannot be done throws alone, with `data: { index }`.
   */
  transact(partition: string, writes: readonly TableWrite<D>[]): Promise<void>;
}

/** The port that a room implements for one table: values are JSON objects, checked before they get there. */
export interface TableClient<D = Fields> extends TableReader<D>, TableWriter<D> {}

/** What a room's tables can do beyond the port's minimum; absent means unsupported. */
export type TableCapabilities = Readonly<Record<never, true>>;

export interface TableOptions<S extends StandardSchemaV1> {
  /** Checked on create, put and replace, and so is the `otherwise` of an addition. @default any JSON object */
  readonly document?: S;
}

export interface Table<I = Fields, O = I> {
  readonly kind: 'table';
  readonly name: string;
  readonly read: Access<TableReader<O>>;
  readonly write: Access<TableWriter<I>>;
  readonly all: Access<TableWriter<I> & TableReader<O>>;
}

const READING = ['get', 'query'] as const;
const WRITING = ['create', 'put', 'replace', 'update', 'add', 'delete', 'transact'] as const;

/**
 * Declares a table. It exists once per room and name.
 *
 * @throws TypeError naming the option that is wrong.
 */
export function table<S extends StandardSchemaV1 = StandardSchemaV1<Fields>>(
  name: string,
  options: TableOptions<S> = {},
): Table<StandardSchemaV1.InferInput<S>, StandardSchemaV1.InferOutput<S>> {
  checkedOptionNames(`table '${name}'`, options, ['document']);
  const { document } = options;
  if (document !== undefined && !isSchema(document))
    throw new TypeError(`table '${name}': document must be a Standard Schema`);
  const resource: ResourceOf<'table'> = Object.freeze({ kind: 'table', name: ownName('table', name) });
  const dress = (port: TableClient): object => checking(port, document);
  type In = StandardSchemaV1.InferInput<S>;
  type Out = StandardSchemaV1.InferOutput<S>;
  return Object.freeze({
    ...resource,
    read: grant<TableReader<Out>>(resource, 'read', READING),
    write: grant<TableWriter<In>>(resource, 'write', WRITING, dress),
    all: grant<TableWriter<In> & TableReader<Out>>(resource, 'all', [...READING, ...WRITING], dress),
  });
}

/** A port whose documents are checked before they are written. */
function checking(port: TableClient, schema: StandardSchemaV1 | undefined): TableClient {
  const parsed = async (field: string, value: unknown): Promise<Fields> =>
    checkedFields(field, await parseInput(schema, checkedJson(field, value), field));
  const parsedWrite = async (write: TableWrite<Fields>): Promise<TableWrite<Fields>> => {
    if ('value' in write) return { ...write, value: await parsed('value', write.value) };
    if (write.kind !== 'add' || write.otherwise === undefined) return write;
    return { ...write, otherwise: await parsed('otherwise', write.otherwise) };
  };
  return {
    ...port,
    create: async (key, value, options) => port.create(key, await parsed('value', value), options),
    put: async (key, value, options) => port.put(key, await parsed('value', value), options),
    replace: async (key, value, options) => port.replace(key, await parsed('value', value), options),
    add: async (key, amounts, options) => {
      const otherwise = options?.otherwise;
      if (otherwise === undefined) return port.add(key, amounts, options);
      return port.add(key, amounts, { ...options, otherwise: await parsed('otherwise', otherwise) });
    },
    transact: async (partition, writes) => {
      const ready: TableWrite<Fields>[] = [];
      for (const [index, write] of checkedWrites(writes).entries())
        ready.push(
          await parsedWrite(write).catch((error) => {
            throw atIndex(index, error);
          }),
        );
      return port.transact(partition, ready);
    },
  };
}
