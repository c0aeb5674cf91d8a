import { ExecutionAbortedError, StateMachine } from 'aws-local-stepfunctions';
import type { Json } from '../../../../core/json.ts';

type Run = StateMachine['run'];
type Execution = ReturnType<Run>;

/**
 * aws-local-stepfunctions goes on with the items of a Map that stand in its queue when another has failed, or when the whole was
 * aborted; Step Functions starts none of them. Here they are never begun: nobody waits for them any more. `interpreter.test.ts`
 * has a test that fails when the library does it itself.
 */
export function stopQueuedItems(): void {
  const failed = new WeakSet<StateMachine>();
  const original = StateMachine.prototype.run;
  if (original.name === 'runUnlessFailed') return;
  const runUnlessFailed = function (this: StateMachine, ...args: Parameters<Run>): Execution {
    const outer = args[1] as { readonly _rootAbortSignal?: AbortSignal } | undefined;
    if (failed.has(this) || outer?._rootAbortSignal?.aborted)
      return { abort: () => undefined, eventLogs: none(), result: new Promise(() => undefined) };
    const execution = original.apply(this, args);
    execution.result.catch((error: unknown) => {
      if (!(error instanceof ExecutionAbortedError)) failed.add(this);
    });
    return execution;
  };
  StateMachine.prototype.run = runUnlessFailed;
}

/**
 * jsonpath-plus takes a name that begins with `@` for an operator, at every second depth, unless a backtick stands before it.
 * JSONPath on AWS has no such escape, so that it is put in here.
 */
export function inItsDialect(value: Json, key = ''): Json {
  if (typeof value === 'string') return /(\.\$|Path|^Variable)$/.test(key) ? value.replaceAll("['@", "['`@") : value;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => inItsDialect(item));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, inItsDialect(item, name)]));
}

async function* none(): Execution['eventLogs'] {}
