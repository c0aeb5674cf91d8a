import type { App } from '../../core/app.ts';
import { type Access, grant, type ResourceOf } from '../../core/resources/access.ts';
import { declaredResources } from '../../core/resources/declared.ts';
import { SetupError } from '../../core/setup-error.ts';
import type { Trigger } from '../../core/triggers/trigger.ts';
import { triggerQueue } from '../../core/triggers/trigger-queue.ts';
import { type Block, blocksOf } from '../../core/workflow/ir.ts';
import type { StepDefinition } from '../../core/workflow/step.ts';
import type { Workflow } from '../../core/workflow/workflow.ts';
import { CLAIMS, RUNS } from '../../handlers/aws/functions/environment.ts';
import { pascal } from './template.ts';

interface Common {
  /** Its key in `functions`, and the first part of its logical ids. */
  readonly key: string;
  /** What its deployed name says after service and stage. */
  readonly name: string;
  /** Everything that its code may reach. */
  readonly uses: readonly Access<unknown>[];
  /** Seconds. */
  readonly timeout: number;
  readonly isolate: boolean;
  /** The packages with compiled code that its app imports: they lie beside its module. */
  readonly native: readonly string[];
  /** The workflows whose runs it stops and sends events to. */
  readonly manages: readonly Workflow[];
}
export interface HttpPlan extends Common {
  readonly kind: 'http';
  readonly app: App;
}
/** Management of what an app keeps: apart from its routes, which have no right to it. */
export interface ManagePlan extends Common {
  readonly kind: 'manage';
  readonly app: App;
  /** Those whose depth it tells, and whose dead letters it shows and puts back. */
  readonly queues: readonly ResourceOf<'queue'>[];
}
export interface StepPlan extends Common {
  readonly kind: 'step';
  readonly app: App;
  readonly workflow: Workflow;
  readonly step: StepDefinition;
}
export interface ControlPlan extends Common {
  readonly kind: 'control';
}
export interface TriggerPlan extends Common {
  readonly kind: 'trigger';
  readonly app: App;
  readonly trigger: Trigger;
}
export type NativeOf = (app: App) => readonly string[];

/** One Lambda function. */
export type FunctionPlan = HttpPlan | ManagePlan | StepPlan | ControlPlan | TriggerPlan;

/** One short function per kind of function. */
export type PlanCases<R> = { readonly [K in FunctionPlan['kind']]: (plan: Extract<FunctionPlan, { kind: K }>) => R };

export function foldPlan<R>(cases: PlanCases<R>): (plan: FunctionPlan) => R {
  return (plan) => (cases[plan.kind] as (plan: FunctionPlan) => R)(plan);
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LONGEST = 900;
/** What API Gateway waits for: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const HTTP_TIMEOUT = 29;
/** Seconds after its own time limit that code has to say so, before Lambda ends it. */
const GRACE = 5;

/**
 * The functions of an app list: one for the routes and the page of each app, one for management of its buckets and queues where it
 * has any, one for each step of each workflow, one for each trigger, and one for what States Language has no words for.
 *
 * @param nativeOf the packages with compiled code that an app imports.
 * @throws SetupError where a name is taken twice, or a step may take longer than Lambda lets it.
 */
export function planFunctions(apps: readonly App[], nativeOf: NativeOf = () => []): readonly FunctionPlan[] {
  const plans = apps.flatMap((app) => {
    const native = nativeOf(app);
    const own = [...httpPlans(app), ...stepPlans(app), ...triggerPlans(app)].map((plan) => ({ ...plan, native }));
    return [...own, ...managePlans(app)];
  });
  const workflows = apps.flatMap((app) => app.workflows);
  const all = workflows.length > 0 ? [...plans, controlPlan(workflows)] : plans;
  const twice = all.find(({ key }, index) => all.findIndex((other) => other.key === key) !== index);
  if (twice !== undefined) throw new SetupError(`two functions would be called '${twice.name}'`);
  return all;
}

const PLAIN = { isolate: false, native: [] };

/** The room's own table and bucket. */
const runs = grant(RUNS, 'all', []);
const claims = { read: grant(CLAIMS, 'read', []), all: grant(CLAIMS, 'all', []) };

function controlPlan(workflows: readonly Workflow[]): ControlPlan {
  // It is told of each run that is over, and writes it down.
  const uses = [runs, ...workflows.map((one) => one.read)];
  return { kind: 'control', ...named('skein-control'), uses, manages: workflows, timeout: 30, ...PLAIN };
}

/** Whether a run can wait for an event. */
export function waits({ nodes }: Block): boolean {
  return nodes.some((node) => node.kind === 'waitFor' || blocksOf(node).some(waits));
}

/** Who starts or reads runs finds them in the room's table. */
function withRuns(uses: readonly Access<unknown>[]): readonly Access<unknown>[] {
  return uses.some(({ resource }) => resource.kind === 'workflow') ? [...uses, runs] : uses;
}

function httpPlans(app: App): HttpPlan[] {
  if (app.http.length === 0 && app.page === undefined) return [];
  // The room's own routes start, show, stop and tell runs of whichever workflow the app has.
  const own = app.workflows.map((one) => one.all);
  const uses = withRuns([...app.http.flatMap((one) => Object.values(one.uses)), ...own]);
  const limits = { timeout: HTTP_TIMEOUT, ...PLAIN };
  return [{ kind: 'http', ...named(`${app.name}-http`), app, uses, manages: app.workflows, ...limits }];
}

/** Of an app that has an address. None of its code runs there, and so nothing compiled lies beside it. */
function managePlans(app: App): ManagePlan[] {
  const buckets = [...declaredResources([app], 'bucket').values()].map((bucket) => grant(bucket, 'all', []));
  const queues = new Map(declaredResources([app], 'queue'));
  for (const queue of app.triggers.map(triggerQueue)) queues.set(queue.name, queue);
  if (httpPlans(app).length === 0 || buckets.length + queues.size === 0) return [];
  const limits = { timeout: HTTP_TIMEOUT, manages: [], ...PLAIN };
  return [
    { kind: 'manage', ...named(`${app.name}-manage`), app, uses: buckets, queues: [...queues.values()], ...limits },
  ];
}

/** The queues that a function reaches though it does not use them. */
export const queuesBeside = foldPlan<readonly ResourceOf<'queue'>[]>({
  http: () => [],
  manage: ({ queues }) => queues,
  step: () => [],
  control: () => [],
  trigger: ({ trigger }) => [triggerQueue(trigger)],
});

function stepPlans(app: App): StepPlan[] {
  return app.workflows.flatMap((workflow) =>
    [...workflow.steps.values()].map((step): StepPlan => {
      if ((step.timeout ?? 0) > LONGEST - GRACE)
        throw new SetupError(
          `step '${step.name}': timeout is ${step.timeout}; on AWS it can be at most ${LONGEST - GRACE} seconds, as Lambda ends a function after ${LONGEST}`,
        );
      return {
        ...{ kind: 'step', ...named(`${workflow.name}-step-${step.name}`), app, workflow, step },
        uses: [...withRuns(Object.values(step.uses)), ...claimsOf(workflow, step)],
        manages: [],
        timeout: step.timeout === undefined ? LONGEST : step.timeout + GRACE,
        ...PLAIN,
        isolate: step.isolate === 'cpu',
      };
    }),
  );
}

/** A large value is put away by the step that makes it, and any step may be given it. */
function claimsOf(workflow: Workflow, step: StepDefinition): readonly Access<unknown>[] {
  if (step.large) return [claims.all];
  return [...workflow.steps.values()].some((one) => one.large) ? [claims.read] : [];
}

function triggerPlans(app: App): TriggerPlan[] {
  return app.triggers.map((trigger) => ({
    ...{ kind: 'trigger', ...named(`${app.name}-on-${trigger.name}`), app, trigger },
    uses: withRuns(Object.values(trigger.uses)),
    manages: [],
    timeout: Math.min(LONGEST, trigger.timeout + GRACE),
    ...PLAIN,
  }));
}

function named(name: string): Pick<Common, 'key' | 'name'> {
  const key = pascal(name);
  return { key: key.charAt(0).toLowerCase() + key.slice(1), name: name.replace(/[^A-Za-z0-9_-]/g, '-') };
}
