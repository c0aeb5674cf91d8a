import { Failure } from '../../../core/error.ts';
import { SetupError } from '../../../core/setup-error.ts';
import { startBlobTrigger } from './blob-trigger.ts';
import type { HostFunction } from './functions.ts';
import type { Poller } from './poller.ts';
import { startQueueTrigger, type TriggerParts } from './queue-trigger.ts';

export interface StorageTriggers {
  readonly pollers: readonly Poller[];
  stop(): Promise<void>;
}

/** Starts those of queues and blobs; when one cannot, those that did are stopped. */
export async function startStorageTriggers(
  functions: readonly HostFunction[],
  parts: TriggerParts & { readonly folder: string },
): Promise<StorageTriggers> {
  const pollers: Poller[] = [];
  const stop = async (): Promise<void> => void (await Promise.all(pollers.map((one) => one.stop())));
  try {
    for (const called of functions) {
      if (called.disabled || called.unsupported !== undefined) continue;
      if (called.kind === 'queue') pollers.push(await startQueueTrigger(called, parts).catch(deaf(called)));
      if (called.kind === 'blob') pollers.push(await startBlobTrigger(called, parts).catch(deaf(called)));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { pollers, stop };
}

/** Says whose trigger it was, and what people forget most. */
function deaf({ name, trigger }: HostFunction): (error: unknown) => never {
  return (error) => {
    if (error instanceof SetupError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const { connection = 'AzureWebJobsStorage' } = trigger.binding;
    throw new Failure({
      name: 'TriggerFailed',
      message: `function ${name} cannot listen to its ${trigger.binding.type}: ${reason}. Is the storage account of ${JSON.stringify(connection)} there? On one's own machine that is Azurite`,
    });
  };
}
