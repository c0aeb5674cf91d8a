import type { ErrorValue } from '../error.ts';
import type { Metric } from './metrics.ts';

export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** Who is on the other side: https://opentelemetry.io/docs/specs/otel/trace/api/#spankind */
export type SpanKind = 'internal' | 'server' | 'consumer';

export interface SpanOptions {
  /** @default 'internal' */
  readonly kind?: SpanKind;
  /** A W3C traceparent, of this process or any other. @default none: the span begins a trace; so it does where this is not one */
  readonly parent?: string | undefined;
  readonly attributes: Attributes;
}

export interface SpanEnd {
  /** Replaces the name, where it is known only now. */
  readonly name?: string;
  readonly attributes?: Attributes;
  /** Marks the span as failed. @default it is not */
  readonly error?: ErrorValue | undefined;
}

export interface Span {
  /** What a child gets as `parent`: https://www.w3.org/TR/trace-context/#traceparent-header */
  readonly traceparent: string;
  /** The first call counts. */
  end(end?: SpanEnd): void;
}

/**
 * The port of traces and metrics. A room without one does no work for it: whoever uses it asks whether it is there, and makes
 * neither a closure nor an object where it is not.
 *
 * Nothing of it may throw: what is measured must not fail because of the measuring.
 */
export interface Telemetry {
  /**
   * The URL of a module whose default export makes the same telemetry: a thread, which cannot be passed an object, imports it.
   *
   * @default threads have none
   */
  readonly module?: string;
  span(name: string, options: SpanOptions): Span;
  /** Runs `work` as a part of a span: what it starts, here or in a library that is instrumented, finds it as `current`. */
  within<T>(traceparent: string, work: () => T): T;
  /** The traceparent of the span that the caller is a part of. */
  current(): string | undefined;
  /** `attributes` have few values each: names, never ids. */
  record(metric: Metric, value: number, attributes: Attributes): void;
  /** Sends what waits to be sent, as far as the set-up knows how. It never rejects. */
  flush(): Promise<void>;
}
