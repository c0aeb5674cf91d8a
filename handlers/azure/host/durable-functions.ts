import type { Json } from '../../../core/json.ts';
import type { Call } from './caller.ts';
import type { Invoker } from './durable/engine.ts';
import { findFunction, type HostFunction } from './functions.ts';
import type { RpcTypedData } from './rpc.ts';
import { fromTyped } from './typed-data.ts';

/** Has the engine call the orchestrators and activities of an app in its worker. */
export function durableInvoker(functions: readonly HostFunction[], call: Call): Invoker {
  const named = (kind: string): string[] =>
    functions.filter((one) => one.kind === kind && !one.disabled).map(({ name }) => name);
  return {
    functions: { orchestrators: named('orchestration'), activities: named('activity') },
    async orchestrator(name, triggerInput) {
      const called = findFunction(functions, name, 'orchestration');
      const { returnValue } = await orWorkerGone(
        call(called, { data: { string: triggerInput }, reason: 'orchestration' }),
      );
      return fromTyped(returnValue);
    },
    async activity(name, input, { instanceId }) {
      const called = findFunction(functions, name, 'activity');
      const { returnValue } = await orWorkerGone(
        call(called, {
          data: { json: JSON.stringify(input) },
          triggerMetadata: { instanceId: { string: instanceId } },
          names: { instanceId },
          reason: `activity of ${instanceId}`,
        }),
      );
      const value = fromTyped(returnValue);
      return value instanceof Buffer ? value.toString('base64') : (value as Json | undefined);
    },
  };
}

/** A process that ended is no failure of the code in it: the engine calls again, as the real host does when it starts anew. */
async function orWorkerGone<T>(calling: Promise<T>): Promise<T> {
  try {
    return await calling;
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== 'WorkerExited' && name !== 'HostClosed') throw error;
    throw Object.assign(new Error(message), { name: 'WorkerGone' });
  }
}

export interface ClientPlaces {
  /** Of the management API that people and browsers are given. With a slash at its end. */
  readonly webhooks: string;
  /** Of the same API for the library alone, which writes no key into what it asks: nobody can guess it. With a slash at its end. */
  readonly rpc: string;
  readonly hubName: string;
  /** What `webhooks` asks for. @default nothing */
  readonly key: string | undefined;
}

/** What `df.input.durableClient()` gives, as the extension writes it. */
export function durableClient(places: ClientPlaces): RpcTypedData {
  const { webhooks, rpc, hubName } = places;
  const code = codeOf(places);
  const create = `${webhooks}orchestrators/{functionName}[/{instanceId}]?${code}`;
  const json = {
    taskHubName: hubName,
    creationUrls: {
      createNewInstancePostUri: create,
      createAndWaitOnNewInstancePostUri: `${create}&timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}`,
    },
    managementUrls: { id: 'INSTANCEID', ...instanceUrls('INSTANCEID', places) },
    baseUrl: webhooks.replace(/\/$/, ''),
    requiredQueryStringParameters: code,
    rpcBaseUrl: rpc,
  };
  return { json: JSON.stringify(json) };
}

/** The URLs that whoever starts an orchestration is given. */
export function instanceUrls(id: string, places: ClientPlaces): Readonly<Record<string, string>> {
  const query = [`taskHub=${encodeURIComponent(places.hubName)}`, 'connection=Storage', codeOf(places)]
    .filter((part) => part !== '')
    .join('&');
  const instance = `${places.webhooks}instances/${encodeURIComponent(id)}`;
  const reason = (verb: string): string => `${instance}/${verb}?reason={text}&${query}`;
  return {
    statusQueryGetUri: `${instance}?${query}`,
    sendEventPostUri: `${instance}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: reason('terminate'),
    rewindPostUri: reason('rewind'),
    purgeHistoryDeleteUri: `${instance}?${query}`,
    restartPostUri: `${instance}/restart?${query}`,
    suspendPostUri: reason('suspend'),
    resumePostUri: reason('resume'),
  };
}

function codeOf({ key }: ClientPlaces): string {
  return key === undefined ? '' : `code=${encodeURIComponent(key)}`;
}
