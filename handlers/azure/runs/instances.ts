import { Failure } from '../../../core/error.ts';
import type { InstanceClient, InstanceStatus } from '../workflow/index.ts';

/** As much of `durable-functions`' client as the room takes. */
export interface DurableClientLike {
  startNew(orchestrator: string, options: { instanceId: string; input: unknown }): Promise<string>;
  getStatus(instanceId: string, options?: { showInput?: boolean }): Promise<InstanceStatus & Times>;
  raiseEvent(instanceId: string, eventName: string, eventData: unknown): Promise<void>;
  terminate(instanceId: string, reason: string): Promise<void>;
}

interface Times {
  readonly lastUpdatedTime?: Date | string;
}

export interface Instances extends InstanceClient {
  getStatus(id: string): Promise<(InstanceStatus & Times) | undefined>;
  /** That an instance of this id goes on already is no error. */
  start(orchestrator: string, id: string, input: string): Promise<void>;
}

/**
 * The instances of Durable Functions. Of a client's errors only the words tell what went wrong: an instance that is not there is
 * told apart, and all else is `Unavailable`. No word of the host's own URLs, which carry its key, gets into an error.
 */
export function instancesOn(client: DurableClientLike): Instances {
  return {
    getStatus: (id) => unlessAbsent(told(client.getStatus(id, { showInput: false }))),
    raiseEvent: (id, event, data) => unlessAbsent(told(client.raiseEvent(id, event, data))),
    terminate: (id, reason) => unlessAbsent(told(client.terminate(id, reason))),
    async start(orchestrator, id, input) {
      try {
        await told(client.startNew(orchestrator, { instanceId: id, input }));
      } catch (error) {
        if (!(error instanceof Failure && error.name === 'AlreadyExists')) throw error;
      }
    },
  };
}

async function told<T>(sent: Promise<T>): Promise<T> {
  try {
    return await sent;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const status = /(?:HTTP |status code:? )(\d{3})/.exec(message)?.[1];
    throw new Failure({ name: nameOf(status, message), message: `Durable Functions answered ${status ?? 'nothing'}` });
  }
}

function nameOf(status: string | undefined, message: string): string {
  if (status === '404' || message.startsWith('No instance with ID')) return 'NotFound';
  return status === '409' ? 'AlreadyExists' : 'Unavailable';
}

async function unlessAbsent<T>(sent: Promise<T>): Promise<T | undefined> {
  try {
    return await sent;
  } catch (error) {
    if (error instanceof Failure && error.name === 'NotFound') return undefined;
    throw error;
  }
}
