import { registerHooks } from 'node:module';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

/** Which attempts at steps of workflows fail, in this thread and in all that it starts. */
export interface FailingSteps {
  /** From now on so large a share of the attempts at each step fails; at a step that is not named, none does. */
  fail(rates: Readonly<Record<string, number>>): void;
  /** How many attempts at each failed since it was asked last. */
  failed(): readonly { readonly step: string; readonly times: number }[];
  /** All steps that were declared here. */
  declared(): readonly string[];
}

/** In the order of the steps, in memory that all threads share: a rate in millionths, and attempts that failed. */
interface Shared {
  readonly rates: Uint32Array<SharedArrayBuffer>;
  readonly failed: Uint32Array<SharedArrayBuffer>;
}

type Run = (...args: unknown[]) => unknown;
type Options = { readonly run?: unknown } | undefined;

const KEY = 'skein-lab-failing-steps';
const MILLION = 1_000_000;
/** What apps are written with, and where it is asked for instead. */
const FRAMEWORK = 'skein';
const WRAPPED = '?lab';

/**
 * Wraps steps as apps declare them, so that attempts can be told to fail: whatever imports `skein` from now on gets one whose `step` does
 * that. An attempt that fails has done its work: what it wrote is there, and the next attempt meets it.
 *
 * @param steps by their names.
 */
export function openFailingSteps(steps: readonly string[]): FailingSteps {
  const shared = sharedBy(steps.length);
  const declared = new Set<string>();
  const told = steps.map(() => 0);
  Object.assign(globalThis, {
    [KEY](name: string, options: Options): Options {
      declared.add(name);
      const at = steps.indexOf(name);
      return at < 0 || typeof options?.run !== 'function'
        ? options
        : { ...options, run: failing(name, options.run as Run, shared, at) };
    },
  });
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const found = nextResolve(specifier, context);
      return specifier === FRAMEWORK ? { ...found, url: `${found.url}${WRAPPED}` } : found;
    },
    load(url, context, nextLoad) {
      if (!url.endsWith(WRAPPED)) return nextLoad(url, context);
      return { format: 'module', source: wrapper(url.slice(0, -WRAPPED.length)), shortCircuit: true };
    },
  });
  return {
    fail(rates) {
      for (const [at, name] of steps.entries())
        Atomics.store(shared.rates, at, Math.round((rates[name] ?? 0) * MILLION));
    },
    failed: () =>
      steps.flatMap((step, at) => {
        const now = Atomics.load(shared.failed, at);
        const times = now - (told[at] ?? 0);
        told[at] = now;
        return times === 0 ? [] : [{ step, times }];
      }),
    declared: () => [...declared],
  };
}

/** What is named here comes before what `*` has of the same name. */
const wrapper = (framework: string): string => `
import { step as plain } from '${framework}';
export * from '${framework}';
export const step = (name, options) => plain(name, globalThis['${KEY}'](name, options));
`;

function failing(name: string, run: Run, { rates, failed }: Shared, at: number): Run {
  return async (...args) => {
    const output = await run(...args);
    if (Math.random() * MILLION >= Atomics.load(rates, at)) return output;
    Atomics.add(failed, at, 1);
    throw Object.assign(new Error(`the lab lets this attempt at ${name} fail`), { name: 'StepFails' });
  };
}

/** The first thread of a process makes it, and those that it starts find it. */
function sharedBy(count: number): Shared {
  const there = getEnvironmentData(KEY) as unknown as Shared | undefined;
  if (there !== undefined) return there;
  const zeroes = () => new Uint32Array(new SharedArrayBuffer(count * Uint32Array.BYTES_PER_ELEMENT));
  const shared: Shared = { rates: zeroes(), failed: zeroes() };
  setEnvironmentData(KEY, shared as never);
  return shared;
}
