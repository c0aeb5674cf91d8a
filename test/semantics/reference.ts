import type { Json } from '../../core/index.ts';
import type { StepCall } from '../conformance/semantics/room.ts';
import { type Any, asJson, completed, type ErrorOf, isTrue, Raised, resolve, type Scope } from './expression.ts';
import { type Reads, readsOf } from './origins.ts';

export type StepCode = (input: Json, attempt: number) => unknown;

/** One way in which a run may end. */
export interface Ending {
  readonly result: { readonly output: Json } | { readonly error: ErrorOf };
  /** Calls that are made in any case, each as often as it is listed. */
  readonly sure: readonly StepCall[];
  /** Calls of branches beside one that failed: made or not. */
  readonly perhaps: readonly StepCall[];
  readonly retried: boolean;
  readonly caught: boolean;
}

export interface Given {
  readonly ir: Any;
  readonly input: Json;
  readonly run: string;
  readonly steps: Readonly<Record<string, StepCode>>;
  /** Sent before the first wait. */
  readonly events: readonly (readonly [name: string, data: Json])[];
}

const LIMIT = 262_144;
const NEVER_AGAIN = ['InvalidInput', 'Cancelled', 'PayloadTooLarge', 'MissingValue'];

/**
 * Every way in which a run may end: one, but for clause 17, where the choice is which of several failing branches came
 * first. `undefined` where there are more than `most`.
 */
export function endingsOf(given: Given, most = 64): readonly Ending[] | undefined {
  const reads = readsOf(given.ir.body as Any);
  const endings: Ending[] = [];
  // Each path through the choices is walked from the start; the last choice that has an alternative is changed.
  let choices: { taken: number; of: number }[] = [];
  do {
    let made = 0;
    const choose = (of: number): number => {
      const known = choices[made];
      if (known === undefined) choices.push({ taken: 0, of });
      return choices[made++]?.taken ?? 0;
    };
    endings.push(new Reference(given, reads, choose).end());
    if (endings.length > most) return undefined;
    while (choices.length > 0 && (choices.at(-1)?.taken ?? 0) + 1 >= (choices.at(-1)?.of ?? 0)) choices.pop();
    const last = choices.at(-1);
    if (last !== undefined) choices = [...choices.slice(0, -1), { ...last, taken: last.taken + 1 }];
  } while (choices.length > 0);
  return endings;
}

interface Log {
  readonly sure: StepCall[];
  readonly perhaps: StepCall[];
}

/** Plain recursion over the IR, one call of `node` a node, one thing after the other. */
class Reference {
  private readonly given: Given;
  private readonly reads: Reads;
  private readonly choose: (of: number) => number;
  private readonly inbox: (readonly [string, Json])[];
  private log: Log = { sure: [], perhaps: [] };
  private retried = false;
  private caught = false;

  constructor(given: Given, reads: Reads, choose: (of: number) => number) {
    this.given = given;
    this.reads = reads;
    this.choose = choose;
    this.inbox = [...given.events];
  }

  end(): Ending {
    let result: Ending['result'];
    try {
      result = { output: this.block(this.given.ir.body, { in: this.entered('in', this.given.input) }, '') };
    } catch (error) {
      if (!(error instanceof Raised)) throw error;
      result = { error: error.error };
    }
    return { result, ...this.log, retried: this.retried, caught: this.caught };
  }

  private entered(id: string, value: unknown): Json {
    return completed(asJson(value), this.reads.get(id) ?? []);
  }

  private block(block: unknown, up: Scope, indices: string, bound: Scope = {}): Json {
    const { nodes, out } = block as { nodes: Any[]; out: Any };
    let scope = { ...up, ...bound };
    for (const node of nodes) scope = { ...scope, [node.id as string]: this.node(node, scope, indices) };
    return resolve(out, scope);
  }

  private node(node: Any, scope: Scope, indices: string): Json {
    const id = node.id as string;
    switch (node.kind) {
      case 'task':
        return this.task(node, scope, indices);
      case 'map': {
        const items = resolve(node.items as Any, scope);
        if (!Array.isArray(items)) throw new Raised({ name: 'MissingValue', message: '', data: null }, true);
        const lanes = Math.min((node.concurrency as number | undefined) ?? 40, items.length);
        return this.fan(items.length, lanes, (index) =>
          this.block(node.body, scope, `${indices}/${index}`, {
            [`${id}.item`]: items[index] as Json,
            [`${id}.index`]: index,
          }),
        );
      }
      case 'parallel': {
        const branches = node.branches as unknown[];
        return this.fan(branches.length, branches.length, (index) => this.block(branches[index], scope, indices));
      }
      case 'choose': {
        const taken = (node.cases as Any[]).find((one) => isTrue(one.if as Any, scope));
        return this.block(taken === undefined ? node.else : taken.then, scope, indices);
      }
      case 'attempt':
        try {
          return this.block(node.body, scope, indices);
        } catch (error) {
          const on = node.on as string[] | undefined;
          if (!(error instanceof Raised) || error.final || (on && !on.includes(error.error.name))) throw error;
          this.caught = true;
          return this.block(node.rescue, scope, indices, { [`${id}.error`]: { ...error.error } });
        }
      case 'sleep': {
        const seconds = resolve(node.seconds as Any, scope);
        if (typeof seconds !== 'number' || seconds < 0)
          throw new Raised({ name: 'InvalidInput', message: '', data: null }, true);
        return null;
      }
      case 'waitFor': {
        const found = this.inbox.findIndex(([name]) => name === node.event);
        if (found >= 0) return this.entered(id, this.inbox.splice(found, 1)[0]?.[1]);
        if (node.timeout === undefined) throw new Error(`${id} waits for ever`);
        throw new Raised({ name: 'Timeout', message: '', data: null });
      }
      case 'repeat': {
        let state = resolve(node.init as Any, scope);
        for (let index = 0; index < (node.max as number); index++) {
          state = this.block(node.body, scope, `${indices}/${index}`, {
            [`${id}.state`]: state,
            [`${id}.index`]: index,
          });
          if (isTrue(node.until as Any, { ...scope, [`${id}.state`]: state, [`${id}.index`]: index })) break;
        }
        return state;
      }
      case 'run':
        return this.block(node.body, scope, indices, { [`${id}.in`]: resolve(node.input as Any, scope) });
      case 'fail': {
        const text = (expr: unknown): string => {
          const value = typeof expr === 'string' ? expr : resolve(expr as Any, scope);
          return typeof value === 'string' ? value : JSON.stringify(value);
        };
        const data = node.data === undefined ? null : resolve(node.data as Any, scope);
        throw new Raised(nameable({ name: text(node.error), message: text(node.message), data }));
      }
      default:
        throw new Error(`the reference knows no ${String(node.kind)}`);
    }
  }

  private task(node: Any, scope: Scope, indices: string): Json {
    const input = resolve(node.input as Any, scope);
    const step = node.step as string;
    const call = { step, key: `${this.given.run}/${String(node.id)}${indices}`, input };
    const retry = node.retry as { attempts: number; on?: string[]; not?: string[] } | undefined;
    for (let attempt = 1; ; attempt++) {
      this.log.sure.push(call);
      const result = outcomeOf(() => this.given.steps[step]?.(structuredClone(input), attempt));
      if ('value' in result) return this.entered(node.id as string, result.value);
      const { name } = result.error;
      const again =
        retry !== undefined &&
        attempt < retry.attempts &&
        !NEVER_AGAIN.includes(name) &&
        !(retry.not ?? []).includes(name) &&
        (retry.on === undefined || retry.on.includes(name));
      if (!again) throw new Raised(result.error);
      this.retried = true;
    }
  }

  /** Clauses 17, 18, 19 and 29. */
  private fan(size: number, lanes: number, branch: (index: number) => Json): Json {
    const before = this.log;
    const results: Json[] = [];
    const done: { log: Log; error?: Raised }[] = [];
    for (let index = 0; index < size; index++) {
      this.log = { sure: [], perhaps: [] };
      try {
        results.push(branch(index));
        done.push({ log: this.log });
      } catch (error) {
        if (!(error instanceof Raised)) throw error;
        done.push({ log: this.log, error });
        if (lanes <= 1) break;
      }
    }
    this.log = before;
    const failed = done.filter((one) => one.error !== undefined);
    const first = failed.length > 1 ? failed[this.choose(failed.length)] : failed[0];
    for (const one of done) {
      const sure = lanes <= 1 || first === undefined || one === first;
      before[sure ? 'sure' : 'perhaps'].push(...one.log.sure);
      before.perhaps.push(...one.log.perhaps);
    }
    if (first?.error !== undefined) throw first.error;
    if (new TextEncoder().encode(JSON.stringify(results)).length > LIMIT)
      throw new Raised({ name: 'PayloadTooLarge', message: '', data: null }, true);
    return results;
  }
}

function outcomeOf(run: () => unknown): { value: unknown } | { error: ErrorOf } {
  try {
    return { value: run() };
  } catch (thrown) {
    if (thrown === null || typeof thrown !== 'object')
      return { error: { name: 'Error', message: `${thrown}`, data: null } };
    const { name, message, data } = thrown as { name?: string; message?: string; data?: unknown };
    return { error: nameable({ name: name ?? '', message: message ?? '', data: asJson(data) }) };
  }
}

/** Clause 14. */
function nameable(error: ErrorOf): ErrorOf {
  return error.name === '' || error.name.startsWith('States.') ? { ...error, name: 'Error' } : error;
}
