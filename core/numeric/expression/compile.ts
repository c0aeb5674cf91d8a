import { invalidInput } from '../../error.ts';
import { refuse } from '../option.ts';
import { refuseAt, type Token, tokens } from './tokens.ts';
import { CONSTANTS, FUNCTIONS, type Named } from './vocabulary.ts';

/** A compiled expression: one number for each variable, in the order in which they were named. */
export interface Compiled {
  (...values: number[]): number;
  /** About how many additions one call takes; a call of a function counts as 10. */
  readonly cost: number;
}

type Code = () => number;

const LONGEST = 500;
const DEEPEST = 50;
/** How tightly an operator binds. */
const BINDING: Readonly<Record<string, number>> = Object.assign(Object.create(null), {
  '+': 1,
  '-': 1,
  '*': 2,
  '/': 2,
  '^': 4,
});
/** Looser than `^`, so that -x^2 is -(x^2); tighter than `*`. */
const SIGN = 3;

/**
 * Compiles an arithmetic expression to closures. Nothing is evaluated as code, and nothing is reachable but the variables,
 * the constants `pi` and `e` and a fixed list of functions.
 *
 * `+ - * / ^` and parentheses as in mathematics: `^` is right associative and binds tighter than a sign before it, so that
 * -x^2 at 3 is -9 and 2^3^2 is 512. There is no implied multiplication. At most 500 characters, nested at most 50 deep.
 *
 * Method: V. Pratt, "Top down operator precedence" (1973), https://doi.org/10.1145/512927.512931
 *
 * @throws InvalidInput, field `f`, saying what was expected where; field `variables` for a name that cannot be one
 */
export function compile(expression: string, variables: readonly string[]): Compiled {
  if (typeof expression !== 'string') refuse('f', 'an expression in a string', expression);
  if (expression.length > LONGEST)
    throw invalidInput(`f: expected at most ${LONGEST} characters, got ${expression.length}`, 'f');
  checkNames(variables);
  const slots = variables.map(() => 0);
  const parser = new Parser(tokens(expression), variables, slots);
  const code = parser.whole();
  const call = (...values: number[]): number => {
    for (let i = 0; i < slots.length; i++) slots[i] = values[i] ?? Number.NaN;
    return code();
  };
  const single = (value: number): number => {
    slots[0] = value;
    return code();
  };
  return Object.freeze(Object.assign(slots.length === 1 ? single : call, { cost: parser.cost }));
}

function checkNames(variables: readonly string[]): void {
  if (!Array.isArray(variables)) refuse('variables', 'an array of names', variables);
  for (const [i, name] of variables.entries()) {
    if (typeof name !== 'string' || !/^[A-Za-z_][A-Za-z0-9_]{0,31}$/.test(name))
      refuse('variables', 'names of at most 32 letters, digits and _, not beginning with a digit', name);
    if (name in FUNCTIONS || name in CONSTANTS) refuse('variables', 'names that mean nothing else yet', name);
    if (variables.indexOf(name) !== i) refuse('variables', 'different names', name);
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #variables: readonly string[];
  readonly #slots: readonly number[];
  #next = 0;
  #depth = 0;
  cost = 0;

  constructor(of: readonly Token[], variables: readonly string[], slots: readonly number[]) {
    this.#tokens = of;
    this.#variables = variables;
    this.#slots = slots;
  }

  whole(): Code {
    const code = this.#expression(0);
    if (this.#peek().kind !== 'end') this.#refuse('an operator or the end');
    return code;
  }

  /** An operand and all operators after it that bind tighter than `floor`. */
  #expression(floor: number): Code {
    let left = this.#operand();
    for (;;) {
      const { kind, text } = this.#peek();
      const binding = kind === 'symbol' ? (BINDING[text] ?? 0) : 0;
      if (binding <= floor) break;
      this.#next += 1;
      left = this.#binary(text, left, text === '^' ? this.#nested(binding - 1) : this.#expression(binding));
    }
    return left;
  }

  /** An expression inside another: the only way in which the stack can grow without end. */
  #nested(floor: number): Code {
    this.#depth += 1;
    if (this.#depth > DEEPEST)
      throw invalidInput(`f: expected at most ${DEEPEST} levels of nesting, more at position ${this.#peek().at}`, 'f');
    const code = this.#expression(floor);
    this.#depth -= 1;
    return code;
  }

  #operand(): Code {
    const token = this.#peek();
    this.cost += 1;
    if (token.kind === 'number') {
      this.#next += 1;
      const { value } = token;
      return () => value;
    }
    if (token.kind === 'name') return this.#name(token);
    if (token.text === '-' || token.text === '+') {
      this.#next += 1;
      const code = this.#nested(SIGN);
      return token.text === '-' ? () => -code() : code;
    }
    if (token.text !== '(') return this.#refuse('a number, a name, a sign or (');
    this.#next += 1;
    const code = this.#nested(0);
    this.#expect(')', 'an operator or )');
    return code;
  }

  #name(token: Token): Code {
    const { text } = token;
    const called = FUNCTIONS[text];
    const constant = CONSTANTS[text];
    const slot = this.#variables.indexOf(text);
    if (slot < 0 && called === undefined && constant === undefined)
      return this.#refuse(`${this.#variables.join(', ') || 'no variable'}, a constant or a function`);
    this.#next += 1;
    if (called !== undefined) return this.#call(text, called, token.at);
    if (constant !== undefined) return () => constant;
    const slots = this.#slots;
    return () => slots[slot]!;
  }

  #call(name: string, { apply, arity: [fewest, most] }: Named, at: number): Code {
    this.#expect('(', `( after ${name}`);
    const args: Code[] = [];
    if (this.#peek().text !== ')') {
      args.push(this.#nested(0));
      while (this.#peek().text === ',') {
        this.#next += 1;
        args.push(this.#nested(0));
      }
    }
    if (args.length < fewest || args.length > most) {
      const wanted = most === 100 ? 'at least 1 argument' : most === 1 ? '1 argument' : `${most} arguments`;
      refuseAt(at, `${name} with ${wanted}`, `${args.length}`);
    }
    this.#expect(')', 'an operator, a comma or )');
    this.cost += 10;
    const [first, second] = args as [Code, Code];
    if (args.length === 1) return () => apply(first());
    if (args.length === 2) return () => apply(first(), second());
    return () => apply(...args.map((arg) => arg()));
  }

  #binary(symbol: string, left: Code, right: Code): Code {
    this.cost += symbol === '^' ? 10 : 1;
    switch (symbol) {
      case '+':
        return () => left() + right();
      case '-':
        return () => left() - right();
      case '*':
        return () => left() * right();
      case '/':
        return () => left() / right();
      case '^':
        return () => left() ** right();
    }
    throw new TypeError(`no operator ${symbol}`);
  }

  #peek(): Token {
    return this.#tokens[this.#next]!;
  }

  #expect(symbol: string, wanted: string): void {
    if (this.#peek().text !== symbol) this.#refuse(wanted);
    this.#next += 1;
  }

  #refuse(wanted: string): never {
    const { at, text } = this.#peek();
    return refuseAt(at, wanted, text);
  }
}
