import type { Env } from './output.ts';

export interface Option {
  readonly type: 'string' | 'boolean';
  /** What the help calls the value of a `string`. */
  readonly value?: string;
  readonly help: string;
}
export type Options = Readonly<Record<string, Option>>;
export type Values<O extends Options> = {
  readonly [K in keyof O]?: O[K]['type'] extends 'boolean' ? boolean : string;
};

export interface Invocation<O extends Options> {
  readonly args: readonly string[];
  readonly values: Values<O>;
  readonly env: Env;
}

/** One verb of the command line: the same shape for each, so that help, parsing and errors are the same too. */
export interface Verb<O extends Options = Options> {
  readonly name: string;
  readonly summary: string;
  /** As the help shows them: `<one>`, `[optional]`, `<many...>`. */
  readonly args: string;
  readonly options: O;
  readonly details?: string;
  readonly examples: readonly string[];
  /** @returns the exit code. */
  run(invocation: Invocation<O>): Promise<number>;
}

/** Declares a verb; its options type what `run` gets. */
export function verb<const O extends Options>(definition: Verb<O>): Verb {
  return definition as unknown as Verb;
}
