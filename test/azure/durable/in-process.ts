import { createRequire } from 'node:module';
import type { OrchestrationContext, OrchestrationHandler } from 'durable-functions';
import type { Json } from '../../../core/json.ts';
import type { Invoker } from '../../../handlers/azure/host/durable/engine.ts';

/** The library's own wrapper, which `df.app.orchestration` uses too; nothing of it is exported by name. */
interface TestingUtils {
  createOrchestrator(handler: OrchestrationHandler): (trigger: unknown, context: OrchestrationContext) => Promise<Json>;
  readonly DummyOrchestrationContext: new (name?: string, id?: string, log?: () => void) => OrchestrationContext;
}

const { createOrchestrator, DummyOrchestrationContext } = createRequire(import.meta.url)(
  'durable-functions/lib/src/util/testingUtils',
) as TestingUtils;

export type Activities = Readonly<Record<string, (input: never, context: { instanceId: string }) => unknown>>;

/** Runs orchestrators by the real library in this process; what crosses is JSON text, as it is with a worker. */
export function inProcess(
  orchestrators: Readonly<Record<string, OrchestrationHandler>>,
  activities: Activities = {},
): Invoker {
  const wrapped = new Map(Object.entries(orchestrators).map(([name, handler]) => [name, createOrchestrator(handler)]));
  return {
    functions: { orchestrators: Object.keys(orchestrators), activities: Object.keys(activities) },
    async orchestrator(name, trigger) {
      const context = new DummyOrchestrationContext(name, 'episode', () => {});
      return JSON.parse(JSON.stringify(await wrapped.get(name)?.(JSON.parse(trigger), context))) as unknown;
    },
    async activity(name, input, context) {
      const result = await activities[name]?.(input as never, context);
      return result === undefined ? undefined : (JSON.parse(JSON.stringify(result)) as Json);
    },
  };
}
