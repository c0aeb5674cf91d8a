import { resolve } from 'node:path';
import { durableInvoker } from '../durable-functions.ts';
import { appEnvironment } from '../environment.ts';
import { describeFunction } from '../functions.ts';
import { readSettings } from '../settings.ts';
import { openWorker } from '../worker.ts';
import { type Replayed, type ReplayRequest, replayHistory } from './replay-history.ts';

/**
 * Replays one history through the orchestrator of a publishable folder, with the library that is installed there.
 *
 * Activities are not called and nothing is written: it answers what the code of today would do with a history of yesterday.
 *
 * @throws SetupError, or a `Failure` `AppFailed`, when the app would not load.
 */
export async function replay(folder: string, request: ReplayRequest): Promise<Replayed> {
  const place = resolve(folder);
  const { app, functionTimeout } = readSettings(place, {});
  const env = appEnvironment(place, 'localhost', app);
  const worker = await openWorker({ folder: place, env, timeout: functionTimeout, log: () => undefined });
  try {
    const functions = worker.functions.map((metadata) => describeFunction(metadata, app));
    const invoker = durableInvoker(functions, ({ name, trigger }, { data }) =>
      worker.invoke({ function: name, inputs: [{ name: trigger.key, data }] }),
    );
    return await replayHistory(invoker, request);
  } finally {
    await worker.close();
  }
}
