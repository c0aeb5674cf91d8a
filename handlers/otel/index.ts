import {
  type Context,
  type Counter,
  context,
  createNoopMeter,
  type Histogram,
  metrics,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { Metric } from '../../core/telemetry/metrics.ts';
import type { Telemetry } from '../../core/telemetry/telemetry.ts';
import { formatTraceparent, parseTraceparent } from '../../core/telemetry/traceparent.ts';

export type { Metric } from '../../core/telemetry/metrics.ts';
export type { Attributes, Span, SpanEnd, SpanOptions, Telemetry } from '../../core/telemetry/telemetry.ts';

const KINDS = { internal: SpanKind.INTERNAL, server: SpanKind.SERVER, consumer: SpanKind.CONSUMER } as const;
/** Milliseconds that a flush may hold up whoever stops. */
const FLUSH = 5_000;

/**
 * Traces and metrics through `@opentelemetry/api`, for whichever SDK is registered.
 *
 * @returns `undefined` where none is: nothing would come of it.
 */
export default function otel(): Telemetry | undefined {
  if (!registered()) return undefined;
  const tracer = trace.getTracer('skein');
  const meter = metrics.getMeter('skein');
  const instruments = new Map<Metric, (value: number, attributes: Record<string, string | number | boolean>) => void>();
  /** Spans that are not over: their children begin under them, and not beside a copy that came over the wire. */
  const open = new Map<string, Context>();

  const contextOf = (traceparent: string | undefined): Context => {
    if (traceparent === undefined) return ROOT_CONTEXT;
    const known = open.get(traceparent);
    if (known !== undefined) return known;
    const active = context.active();
    if (textOf(trace.getSpanContext(active)) === traceparent) return active;
    const parsed = parseTraceparent(traceparent);
    if (parsed === undefined) return ROOT_CONTEXT;
    const { trace: traceId, span: spanId, flags: traceFlags } = parsed;
    return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
  };

  const instrumentOf = (metric: Metric) => {
    const known = instruments.get(metric);
    if (known !== undefined) return known;
    const { kind, name, unit, description, boundaries } = metric;
    const advice = boundaries === undefined ? {} : { advice: { explicitBucketBoundaries: [...boundaries] } };
    const options = { unit, description, ...advice };
    const made: Counter | Histogram =
      kind === 'counter' ? meter.createCounter(name, options) : meter.createHistogram(name, options);
    const record = 'add' in made ? made.add.bind(made) : made.record.bind(made);
    instruments.set(metric, record);
    return record;
  };

  return {
    module: import.meta.url,

    span(name, { kind = 'internal', parent, attributes }) {
      const above = contextOf(parent);
      const span = tracer.startSpan(name, { kind: KINDS[kind], attributes }, above);
      const traceparent = textOf(span.spanContext()) ?? '';
      open.set(traceparent, trace.setSpan(above, span));
      return {
        traceparent,
        end({ name: better, attributes: more = {}, error } = {}) {
          if (!open.delete(traceparent)) return;
          if (better !== undefined) span.updateName(better);
          if (error !== undefined) {
            span.setAttribute('error.type', error.name);
            span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
          }
          span.setAttributes(more);
          span.end();
        },
      };
    },

    within: (traceparent, work) => context.with(contextOf(traceparent), work),
    current: () => textOf(trace.getSpanContext(context.active())),
    record: (metric, value, attributes) => instrumentOf(metric)(value, attributes),

    async flush() {
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, FLUSH);
      const providers: readonly unknown[] = [tracerProvider(), metrics.getMeterProvider()];
      await Promise.race([Promise.allSettled(providers.map(flushed)), late.promise]);
      clearTimeout(timer);
    },
  };
}

/** The provider that an SDK registered, else one that does nothing. */
function tracerProvider(): unknown {
  const provider = trace.getTracerProvider();
  // Another copy of the API may have registered it: its classes are not ours.
  return 'getDelegate' in provider ? (provider as ProxyTracerProvider).getDelegate() : provider;
}

function registered(): boolean {
  return (
    tracerProvider() !== new ProxyTracerProvider().getDelegate() || metrics.getMeter('skein') !== createNoopMeter()
  );
}

/** The API cannot flush, but the providers of the SDK can. */
async function flushed(provider: unknown): Promise<void> {
  const { forceFlush } = provider as { forceFlush?: unknown };
  if (typeof forceFlush === 'function') await forceFlush.call(provider);
}

function textOf(given: SpanContext | undefined): string | undefined {
  if (given === undefined || !trace.isSpanContextValid(given)) return undefined;
  return formatTraceparent({ trace: given.traceId, span: given.spanId, flags: given.traceFlags });
}
