import { Failure } from '../../../core/error.ts';
import { type BindingData, withData, withSettings } from './expression.ts';
import type { HostFunction, NamedBinding } from './functions.ts';
import { encodeMessage } from './queue-text.ts';
import type { InvocationResult, NamedData, RpcTypedData } from './rpc.ts';
import type { HostSettings } from './settings.ts';
import type { Storage } from './storage.ts';
import { readRows, writeRows } from './table-rows.ts';
import { bytesOf, itemsOf, textOf } from './typed-data.ts';

export interface BindingParts {
  readonly settings: HostSettings;
  readonly storage: Storage;
  readonly strict: boolean;
  readonly now: () => number;
  /** What `durableClient` gives. */
  readonly client: () => RpcTypedData;
}

/** Reads the inputs of functions and writes their outputs. */
export interface Bindings {
  inputs(called: HostFunction, data: BindingData): Promise<readonly NamedData[]>;
  outputs(called: HostFunction, result: InvocationResult, data: BindingData): Promise<void>;
}

/** The `container` and `name` of a path such as `samples/{name}.txt`. */
function blobPath(path: string, where: string): { readonly container: string; readonly name: string } {
  const at = path.indexOf('/');
  if (at > 0 && at < path.length - 1) return { container: path.slice(0, at), name: path.slice(at + 1) };
  throw new Failure({ name: 'BadPath', message: `${where}: path must be container/name, not ${JSON.stringify(path)}` });
}

export function makeBindings({ settings, storage, strict, now, client }: BindingParts): Bindings {
  const resolved = (text: unknown, data: BindingData, where: string): string =>
    withData(withSettings(String(text ?? ''), settings.app, where), data, new Date(now()), where);

  const blobClient = async ({ path, connection }: NamedBinding['binding'], data: BindingData, where: string) => {
    const { container, name } = blobPath(resolved(path, data, where), where);
    return { container: (await storage.blobs(connection)).getContainerClient(container), name };
  };

  const readBlob = async (
    binding: NamedBinding['binding'],
    data: BindingData,
    where: string,
  ): Promise<RpcTypedData> => {
    const { container, name } = await blobClient(binding, data, where);
    try {
      const bytes = await container.getBlobClient(name).downloadToBuffer();
      return String(binding.dataType).toLowerCase() === 'string' ? { string: bytes.toString('utf8') } : { bytes };
    } catch (error) {
      // A blob that is not there is no input, and no error.
      if ((error as { readonly statusCode?: unknown }).statusCode === 404) return {};
      throw error;
    }
  };

  const input = async (called: HostFunction, { key, binding }: NamedBinding, data: BindingData): Promise<NamedData> => {
    const where = `function ${called.name}: input ${binding.type}`;
    const type = binding.type.toLowerCase();
    if (type === 'blob') return { name: key, data: await readBlob(binding, data, where) };
    if (type === 'table') {
      const field = (name: string): string | undefined =>
        binding[name] === undefined ? undefined : resolved(binding[name], data, where);
      const table = await storage.table(binding.connection, field('tableName') ?? '');
      const filter = { partitionKey: field('partitionKey'), rowKey: field('rowKey'), filter: field('filter') };
      return { name: key, data: await readRows(table, { ...filter, take: Number(binding.take ?? 50) }) };
    }
    return { name: key, data: client() };
  };

  const output = async (
    called: HostFunction,
    { binding }: NamedBinding,
    value: RpcTypedData,
    data: BindingData,
  ): Promise<void> => {
    const where = `function ${called.name}: output ${binding.type}`;
    const type = binding.type.toLowerCase();
    if (type === 'queue') {
      const service = await storage.queues(binding.connection);
      const queue = service.getQueueClient(resolved(binding.queueName, data, where));
      await queue.createIfNotExists();
      for (const item of itemsOf(value))
        await queue.sendMessage(encodeMessage(item instanceof Buffer ? item : textOf(item, strict), settings.queues));
      return;
    }
    if (type === 'table') {
      const table = await storage.table(binding.connection, resolved(binding.tableName, data, where));
      return writeRows(table, itemsOf(value), {
        partitionKey: binding.partitionKey === undefined ? undefined : resolved(binding.partitionKey, data, where),
        rowKey: binding.rowKey === undefined ? undefined : resolved(binding.rowKey, data, where),
      });
    }
    const { container, name } = await blobClient(binding, data, where);
    await container.createIfNotExists();
    await container.getBlockBlobClient(name).uploadData(bytesOf(value, strict));
  };

  return {
    async inputs(called, data) {
      const read: NamedData[] = [];
      for (const one of called.inputs) read.push(await input(called, one, data));
      return read;
    },
    async outputs(called, { returnValue, outputData }, data) {
      for (const one of called.outputs) {
        const value = one.key === '$return' ? returnValue : outputData.find(({ name }) => name === one.key)?.data;
        if (value !== null && value !== undefined) await output(called, one, value, data);
      }
    },
  };
}
