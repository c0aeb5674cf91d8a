import { afterEach } from 'vitest';
import { type Durable, type DurableOptions, openDurable } from '../../../handlers/azure/host/durable/engine.ts';
import { type Activities, inProcess } from './in-process.ts';

let durable: Durable | undefined;
afterEach(() => durable?.close());

/** An engine that is closed when the test is over. */
export async function opened(options: DurableOptions): Promise<Durable> {
  durable = await openDurable(options);
  return durable;
}

/** The engine that was opened last. */
export function latest(): Durable | undefined {
  return durable;
}

/** Runs one orchestrator to its end under a clock that jumps. */
export async function run(
  orchestrators: Parameters<typeof inProcess>[0],
  activities: Activities = {},
  input: unknown = null,
  options: Partial<DurableOptions> = {},
) {
  const engine = await opened({ invoker: inProcess(orchestrators, activities), clock: 'virtual', ...options });
  const name = Object.keys(orchestrators)[0] as string;
  return engine.settled(await engine.start(name, input));
}

export const hello = { hello: (name: string) => `Hello ${name}!` };
