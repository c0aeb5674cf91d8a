declare const value: unique symbol;
declare const condition: unique symbol;
declare const opaque: unique symbol;

type Primitive = string | number | boolean | null | undefined;
/** An optional property that is absent reads as `null`. */
type Normal<T> = T extends undefined ? null : T;
type NonNull<T> = T extends null | undefined ? never : T;

/** A value that travels by reference: passed whole to steps, never looked into by the workflow. */
export interface Large<T> {
  readonly [opaque]: T;
}

/**
 * A value that exists only when the workflow runs.
 *
 * Its call signature makes the compiler say TS2774 on `if (ref)`; nullable Refs have no properties until `some(ref)`.
 */
export type Ref<T> = {
  readonly [value]: T;
  (use: 'when(…) instead of if, && or ?:'): never;
} & (T extends Large<unknown>
  ? unknown
  : [T] extends [readonly (infer E)[]]
    ? { readonly length: Ref<number>; at(index: number): Ref<Normal<E>> }
    : null extends T
      ? unknown
      : T extends object
        ? { readonly [K in keyof T]-?: Ref<Normal<T[K]>> }
        : unknown);

/** What a step of input `T` may be called with: the value, a Ref of it, or a literal with Refs inside. */
export type Arg<T> =
  | T
  | Ref<T>
  | Ref<Large<T>>
  | (T extends Primitive
      ? never
      : T extends readonly (infer E)[]
        ? readonly Arg<E>[]
        : { readonly [K in keyof T]: Arg<T[K]> });

/** The value that a literal with Refs inside will have. */
export type Out<A> =
  A extends Ref<infer T>
    ? T
    : A extends void
      ? null
      : A extends Primitive
        ? Normal<A>
        : A extends readonly (infer E)[]
          ? Out<E>[]
          : { [K in keyof A]: Out<A[K]> };

export interface Condition {
  readonly [condition]: true;
  (use: 'when(…) instead of if, && or ?:'): never;
}
export type Test = Condition | Ref<boolean>;
export type Scalar = Primitive;
export type Holder<T> = { readonly [value]: T };

type ScalarOf<A> = A extends Holder<infer T> ? (unknown extends T ? Scalar : Extract<T, Scalar>) : Extract<A, Scalar>;
/** `unknown` where a value of one can equal one of the other, as `===` wants it; else what the other could be compared with. */
export type Comparable<A, B> = [Extract<ScalarOf<A>, ScalarOf<B>> | Extract<ScalarOf<B>, ScalarOf<A>>] extends [never]
  ? Arg<ScalarOf<A>>
  : unknown;
/** What `eq` takes: a scalar, or a Ref whose value may be one. */
export type Operand = Scalar | Holder<unknown>;
export type Some<T> = Ref<NonNull<T>>;

/** What `map` takes: a list, a Ref of one, or a list of Refs. A large list has to be taken apart in a step. */
export type List = readonly unknown[] | Holder<readonly unknown[]>;
export type Item<A> = Out<A> extends readonly (infer E)[] ? Normal<E> : never;
