import type { Json } from '../../core/json.ts';
import { SetupError } from '../../core/setup-error.ts';
import { triggerQueue } from '../../core/triggers/trigger-queue.ts';
import { environmentFor } from './environment.ts';
import { idOf, physicalName } from './names.ts';
import { type FunctionPlan, foldPlan } from './plan.ts';
import { roleId } from './roles.ts';
import { MOST_RESERVED, type Settings } from './settings.ts';
import { arnOf } from './template.ts';

/** MiB; from 1,769 on a function has a whole CPU: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MEMORY = { usual: 1024, isolated: 1769 };
/** The most messages of one call, as SQS gives them without a window. */
const BATCH = 10;

/** `functions` of serverless.yml. @throws SetupError where the caps are more than an account has. */
export function functionsOf(plans: readonly FunctionPlan[], settings: Settings): Record<string, Json> {
  const reserved = plans.reduce((sum, plan) => sum + (reservedFor(settings)(plan) ?? 0), 0);
  if (reserved > MOST_RESERVED)
    throw new SetupError(
      `custom.skein.concurrency: ${plans.length} functions would reserve ${reserved} environments, and an account can reserve ${MOST_RESERVED}; lower http or step`,
    );
  return Object.fromEntries(plans.map((plan) => [plan.key, functionOf(plan, settings)]));
}

function functionOf(plan: FunctionPlan, settings: Settings): Json {
  const reservedConcurrency = reservedFor(settings)(plan);
  return {
    name: physicalName(settings, plan.name, 64),
    handler: 'index.handler',
    timeout: plan.timeout,
    // Compiled code is taken along for one architecture.
    ...(plan.native.length > 0 && { architecture: 'x86_64' }),
    memorySize: plan.isolate ? MEMORY.isolated : MEMORY.usual,
    role: arnOf(roleId(plan)),
    ...(reservedConcurrency !== undefined && { reservedConcurrency }),
    environment: environmentFor(plan, settings),
    package: { artifact: `.serverless/${plan.key}.zip` },
    ...(plan.kind === 'trigger' && {
      events: [
        {
          sqs: {
            arn: arnOf(idOf(triggerQueue(plan.trigger))),
            batchSize: Math.min(BATCH, plan.trigger.concurrency),
            functionResponseType: 'ReportBatchItemFailures',
            maximumConcurrency: settings.concurrency.trigger,
          },
        },
      ],
    }),
  };
}

function reservedFor({ concurrency }: Settings): (plan: FunctionPlan) => number | undefined {
  const capped = (count: number): number | undefined => (count === 0 ? undefined : count);
  return foldPlan<number | undefined>({
    http: () => capped(concurrency.http),
    manage: () => capped(concurrency.control),
    step: () => capped(concurrency.step),
    control: () => capped(concurrency.control),
    // The event source mapping has its own cap: reserved ones would have SQS receive, be throttled, and use up attempts.
    trigger: () => undefined,
  });
}
