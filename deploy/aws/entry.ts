import type { ResourceKind } from '../../core/resources/access.ts';
import { type FunctionPlan, foldPlan, type HttpPlan, type ManagePlan } from './plan.ts';

/**
 * The module of a function, as TypeScript that is read at the root of the checkout.
 *
 * @param apps the absolute path of the module whose default export is the app list.
 */
export function entryOf(plan: FunctionPlan, apps: string): string {
  const makers = makersOf(plan).join(', ');
  return [
    `import found from ${JSON.stringify(apps)};`,
    "import { openRoom } from './handlers/aws/functions/room.ts';",
    makers === '' ? '' : `import { ${makers} } from './handlers/aws/functions/makers.ts';`,
    'const apps = [found].flat();',
    'const named = (list, name) => list.find((one) => one.name === name);',
    `const room = (app) => openRoom(app, { make: { ${makers} } });`,
    bodyOf(plan),
  ].join('\n');
}

const MAKER: { readonly [K in ResourceKind]: string } = {
  bucket: 'bucket',
  queue: 'queue',
  table: 'table',
  secret: 'secret',
  workflow: 'sfn',
};

function makersOf(plan: FunctionPlan): readonly string[] {
  const kinds = plan.uses.map(({ resource }) => resource.kind);
  if (plan.kind === 'trigger' && plan.trigger.kind === 'consume') kinds.push('queue');
  if (plan.kind === 'manage' && plan.queues.length > 0) kinds.push('queue');
  return [...new Set(kinds)].map((kind) => MAKER[kind]).sort();
}

const text = (value: string): string => JSON.stringify(value);

const httpBody = ({ app }: HttpPlan | ManagePlan): string => `
    import { httpEntry } from './handlers/aws/functions/http-entry.ts';
    export const handler = httpEntry(room(named(apps, ${text(app.name)})));`;

const bodyOf = foldPlan({
  http: httpBody,
  manage: httpBody,
  step: ({ app, workflow }) => `
    import { stepEntry } from './handlers/aws/functions/step-entry.ts';
    export const handler = stepEntry(room(named(apps, ${text(app.name)})), ${text(workflow.name)});`,
  control: () => `
    import { controlEntry } from './handlers/aws/functions/control-entry.ts';
    const workflows = apps.flatMap((app) => app.workflows);
    export const handler = controlEntry(room({ ...apps[0], workflows, http: [], triggers: [] }));`,
  // The queue is this trigger's alone, whatever else the app has: what comes from it is never another's.
  trigger: ({ app, trigger }) => `
    import { triggerEntry } from './handlers/aws/functions/trigger-entry.ts';
    import { scheduledInQueue } from './handlers/aws/functions/scheduled-in-queue.ts';
    const app = named(apps, ${text(app.name)});
    const triggers = [named(app.triggers, ${text(trigger.name)})];
    const handle = triggerEntry(room({ ...app, triggers }));
    export const handler = ${trigger.kind === 'schedule' ? 'scheduledInQueue(handle)' : 'handle'};`,
});
