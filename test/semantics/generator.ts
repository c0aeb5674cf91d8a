import fc from 'fast-check';
import type { Json } from '../../core/index.ts';
import { type Case, EVENTS, INPUTS } from './case.ts';
import { anyCond, anyExpr, type Draw, itemsOf, literal, refOf, type Variable, whole } from './generate-expr.ts';
import { ANY, BOOL, ERROR, EVENT, INPUT, LIST, NUM, REC, type Shape } from './shapes.ts';
import { ERRORS } from './steps.ts';

type Node = Record<string, unknown>;
interface Block {
  nodes: Node[];
  out: object;
}

/** Random workflows as IR JSON, with an input and the events that are sent to them. */
export const cases: fc.Arbitrary<Case> = fc
  .tuple(fc.array(fc.nat(99_999), { minLength: 60, maxLength: 420, size: 'max' }), fc.nat(INPUTS.length - 1), fc.nat())
  .map(([entropy, input, events]) => caseOf(entropy, INPUTS[input] as Json, events));

function caseOf(entropy: readonly number[], input: Json, fed: number): Case {
  let used = 0;
  const generator = new Generator(
    (below) => (entropy[used++] ?? 0) % below,
    () => used >= entropy.length,
  );
  const body = generator.block({ ...TOP, scope: [{ ref: 'in', shape: INPUT }] });
  const events: (readonly [string, Json])[] = [];
  for (let index = 0; index < fed % 7; index++)
    events.push([`maybe-${(fed + index) % 2}`, EVENTS[(fed + index) % EVENTS.length] as Json]);
  for (let index = 0; index < generator.sure; index++) events.push(['sure', EVENTS[index % EVENTS.length] as Json]);
  // A gate holds the run until the events are there: otherwise a timeout might come first.
  const gate = { kind: 'task', id: 'gate', step: 'gate', input: { lit: null } };
  const ir = {
    ir: 1,
    name: 'fuzz',
    body: { nodes: generator.waits ? [gate, ...body.nodes] : body.nodes, out: body.out },
  };
  return { ir, input, events: generator.waits ? events : [] };
}

interface Place {
  readonly scope: readonly Variable[];
  readonly depth: number;
  readonly fanned: boolean;
  readonly looped: boolean;
  /** Inside the body of an attempt: failing is welcome. */
  readonly safe: boolean;
  /** The error of a rescue around this. */
  readonly error?: string;
}
const TOP: Omit<Place, 'scope'> = { depth: 0, fanned: false, looped: false, safe: false };
const DEEPEST = 4;

class Generator {
  /** Waits without a timeout: as many events are sent. */
  sure = 0;
  waits = false;
  private count = 0;
  private readonly draw: Draw;
  private readonly spent: () => boolean;

  constructor(draw: Draw, spent: () => boolean) {
    this.draw = draw;
    this.spent = spent;
  }

  block(place: Place, ending?: Node): Block {
    const scope = [...place.scope];
    const nodes: Node[] = [];
    const size = place.depth === 0 ? 3 + this.draw(6) : this.draw(4) + (this.draw(3) === 0 ? 0 : 1);
    for (let index = 0; index < size && !this.spent(); index++) {
      const [before, node, shape] = this.node({ ...place, scope });
      nodes.push(...before, node);
      scope.push({ ref: node.id as string, shape });
    }
    if (ending !== undefined) nodes.push(ending);
    return { nodes, out: anyExpr(this.draw, scope, 2) };
  }

  private id(kind: string): string {
    this.count++;
    return this.draw(4) === 0 ? `${kind}_${this.count}` : `${kind}-${this.count}`;
  }

  private oneOf<T>(...options: readonly T[]): T {
    return options[this.draw(options.length)] as T;
  }

  private node(place: Place): [before: Node[], node: Node, shape: Shape] {
    const { depth, fanned } = place;
    const weights: [number, () => [Node[], Node, Shape]][] = [
      [16, () => this.task(place)],
      [4, () => this.sleep(place)],
      [fanned ? 0 : 9, () => this.waitFor(place)],
      [place.error !== undefined ? 3 : place.safe ? 2 : 0, () => this.fail(place)],
      ...(depth >= DEEPEST
        ? []
        : ([
            [6, () => this.map(place)],
            [5, () => this.parallel(place)],
            [6, () => this.choose(place)],
            [place.error === undefined ? 8 : 14, () => this.attempt(place)],
            [5, () => this.repeat(place)],
            [4, () => this.run(place)],
          ] as [number, () => [Node[], Node, Shape]][])),
    ];
    let at = this.draw(weights.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, make] of weights) {
      if (at < weight) return make();
      at -= weight;
    }
    return this.task(place);
  }

  private task(place: Place, only?: string): [Node[], Node, Shape] {
    const risky = place.safe || this.draw(5) === 0 ? ['boom', 'flaky', 'flaky', 'odd'] : [];
    const step = only ?? this.oneOf('echo', 'num', 'list', 'rec', ...risky);
    const given = step === 'echo' && this.draw(2) === 0 ? refOf(this.draw, place.scope) : undefined;
    const input = given?.expr ?? anyExpr(this.draw, place.scope, 2);
    const retry = step === 'flaky' ? this.draw(6) > 0 : this.draw(4) === 0;
    const shapes: Record<string, Shape> = { num: NUM, list: LIST, rec: REC, flaky: NUM };
    const shape = given?.shape ?? shapes[step] ?? (step === 'boom' ? { rec: { ok: BOOL, x: ANY } } : ANY);
    return [[], { kind: 'task', id: this.id(step), step, input, ...(retry && { retry: this.retry() }) }, shape];
  }

  private retry(): object {
    const names = (): string[] => ERRORS.filter(() => this.draw(2) === 0);
    return {
      ...{ attempts: 1 + this.draw(4), seconds: 1 + this.draw(2), rate: this.oneOf(1, 1.5, 2) },
      ...(this.draw(2) === 0 && { cap: 2 }),
      ...(this.draw(3) === 0 && { on: [...names(), 'Transient'] }),
      ...(this.draw(3) === 0 && { not: names() }),
    };
  }

  private sleep({ scope }: Place): [Node[], Node, Shape] {
    const numbers = scope.filter((one) => one.shape === NUM);
    const seconds =
      this.draw(60) === 1
        ? anyExpr(this.draw, scope, 1)
        : numbers.length > 0 && this.draw(2) === 0
          ? whole(numbers[this.draw(numbers.length)] as Variable)
          : { lit: this.oneOf(0, 1, 2.5) };
    return [[], { kind: 'sleep', id: this.id('sleep'), seconds }, ANY];
  }

  private waitFor({ looped }: Place): [Node[], Node, Shape] {
    this.waits = true;
    const sure = !looped && this.draw(2) === 0;
    if (sure) this.sure++;
    const event = sure ? { event: 'sure' } : { event: `maybe-${this.draw(2)}`, timeout: 1 + this.draw(3) };
    return [[], { kind: 'waitFor', id: this.id('wait'), ...event }, EVENT];
  }

  private fail({ scope, error }: Place): [Node[], Node, Shape] {
    const id = this.id('fail');
    const data = this.draw(2) === 0 ? { data: anyExpr(this.draw, scope, 1) } : {};
    if (error !== undefined && this.draw(2) === 0)
      return [[], { kind: 'fail', id, error: { ref: error, path: ['name'] }, message: { lit: 'again' }, ...data }, ANY];
    const message = this.draw(2) === 0 ? { lit: 'say "so" \\ {}' } : anyExpr(this.draw, scope, 1);
    return [[], { kind: 'fail', id, error: `F${this.draw(2)}`, message, ...data }, ANY];
  }

  private map(place: Place): [Node[], Node, Shape] {
    const listed = itemsOf(this.draw, place.scope);
    const source = listed ?? this.task(place, 'list');
    const [before, items, of] = Array.isArray(source)
      ? [[source[1]], { ref: source[1].id as string }, LIST.list]
      : [[], source.expr, source.of];
    const id = this.id('map');
    const scope = [...place.scope, { ref: `${id}.item`, shape: of }, { ref: `${id}.index`, shape: NUM }];
    const body = this.block({ ...place, scope, depth: place.depth + 1, fanned: true });
    const concurrency = this.oneOf(0, 1, 1, 2, 3);
    return [before, { kind: 'map', id, items, body, ...(concurrency > 0 && { concurrency }) }, { list: ANY }];
  }

  private parallel(place: Place): [Node[], Node, Shape] {
    const id = this.id('parallel');
    const branches = Array.from({ length: this.draw(8) === 0 ? 0 : 1 + this.draw(3) }, () =>
      this.block({ ...place, depth: place.depth + 1, fanned: true }),
    );
    return [[], { kind: 'parallel', id, branches }, { tuple: branches.map(() => ANY) }];
  }

  private choose(place: Place): [Node[], Node, Shape] {
    const id = this.id('choose');
    const inner = { ...place, depth: place.depth + 1 };
    const cases = Array.from({ length: this.draw(8) === 0 ? 0 : 1 + this.draw(3) }, () => ({
      if: anyCond(this.draw, place.scope, 2),
      then: this.block(inner, place.safe && this.draw(4) === 0 ? this.fail(place)[1] : undefined),
    }));
    return [[], { kind: 'choose', id, cases, else: this.block(inner) }, ANY];
  }

  private attempt(place: Place): [Node[], Node, Shape] {
    const id = this.id('attempt');
    const inner = { ...place, depth: place.depth + 1 };
    const body = this.block({ ...inner, safe: true }, this.draw(3) === 0 ? this.fail(place)[1] : undefined);
    const on = this.oneOf(
      undefined,
      undefined,
      undefined,
      ['BoomA', 'F0', 'Error'],
      [...ERRORS, 'Timeout'],
      ['F1'],
      [],
    );
    const error = `${id}.error`;
    // What a room says about a timeout is its own business.
    const seen: Variable[] = JSON.stringify(body).includes('"waitFor"')
      ? [{ ref: error, path: ['name'], shape: ERROR.rec.name }]
      : [{ ref: error, shape: ERROR }];
    const rescue = this.block({ ...inner, scope: [...place.scope, ...seen], error });
    return [[], { kind: 'attempt', id, body, ...(on && { on }), rescue }, ANY];
  }

  private repeat(place: Place): [Node[], Node, Shape] {
    const id = this.id('repeat');
    // A state of a known shape is looked into; it comes from a step each round, as its first value did.
    const known = this.draw(2) === 0;
    const before = known ? [this.task(place, 'rec')[1]] : [];
    const init = known ? { ref: before[0]?.id } : anyExpr(this.draw, place.scope, 1);
    const state: Variable = { ref: `${id}.state`, shape: known ? REC : ANY };
    const bound = [state, { ref: `${id}.index`, shape: NUM }, state];
    const body = this.block({ ...place, scope: [...place.scope, ...bound], depth: place.depth + 1, looped: true });
    if (known) {
      const [, last] = this.task({ ...place, scope: [...place.scope, ...bound] }, 'rec');
      body.nodes.push(last);
      body.out = { ref: last.id };
    }
    const until =
      known && this.draw(2) === 0
        ? { cmp: 'eq', a: { ref: state.ref, path: ['nested', 'deep'] }, b: literal(this.draw, [0, 1, 2]) }
        : anyCond(this.draw, [...bound, ...place.scope.slice(-1), ...bound], 1);
    return [before, { kind: 'repeat', id, init, body, until, max: 1 + this.draw(3) }, known ? REC : ANY];
  }

  private run(place: Place): [Node[], Node, Shape] {
    const id = this.id('run');
    const given = this.draw(2) === 0 ? refOf(this.draw, place.scope) : undefined;
    const own: Variable = { ref: `${id}.in`, shape: given?.shape ?? ANY };
    const scope = this.draw(4) === 0 ? [...place.scope, own] : [own];
    const input = given?.expr ?? anyExpr(this.draw, place.scope, 2);
    const body = this.block({ ...place, scope, depth: place.depth + 1 });
    return [[], { kind: 'run', id, workflow: 'child', input, body }, ANY];
  }
}
