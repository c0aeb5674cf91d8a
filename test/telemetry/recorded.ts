import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect } from 'vitest';
import type { Telemetry } from '../../core/telemetry/telemetry.ts';
import otel from '../../handlers/otel/index.ts';

/** A span as tests look at it: by names, since ids differ from run to run. */
export interface Tree {
  readonly name: string;
  readonly children: readonly Tree[];
}

/** The real SDK with exporters that keep what they get. */
export function record() {
  const spans = new InMemorySpanExporter();
  const tracers = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] });
  const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 3_600_000 });
  const meters = new MeterProvider({ readers: [reader] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(tracers);
  metrics.setGlobalMeterProvider(meters);
  const found = (): ReadableSpan[] => spans.getFinishedSpans();

  return {
    telemetry: otel() as Telemetry,
    spans: found,
    named: (name: string): ReadableSpan[] => found().filter((span) => span.name === name),
    /** The one span of this name. */
    one(name: string): ReadableSpan {
      const all = found().filter((span) => span.name === name);
      expect(all.map((span) => span.name)).toEqual([name]);
      return all[0]!;
    },
    forget: (): void => spans.reset(),
    /** Count and sum of each series of a metric, by the values of its attributes. */
    async series(metric: string): Promise<Record<string, number>> {
      await meters.forceFlush();
      const points = measured
        .getMetrics()
        .at(-1)!
        .scopeMetrics.flatMap((scope) => scope.metrics.filter((one) => one.descriptor.name === metric))
        .flatMap((one) => one.dataPoints as { attributes: object; value: number | { count: number } }[]);
      return Object.fromEntries(
        points.map(({ attributes, value }) => [
          Object.values(attributes).join(' '),
          typeof value === 'number' ? value : value.count,
        ]),
      );
    },
    async stop(): Promise<void> {
      await tracers.shutdown();
      await meters.shutdown();
      for (const api of [context, trace, metrics, propagation]) api.disable();
    },
  };
}

export const parentOf = (span: ReadableSpan): string | undefined => span.parentSpanContext?.spanId;

/**
 * The spans of one trace as a tree, children by name.
 *
 * @throws where a span names a parent that is not there.
 */
export function treeOf(spans: readonly ReadableSpan[]): readonly Tree[] {
  const ids = new Set(spans.map((span) => span.spanContext().spanId));
  expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1);
  const orphans = spans.filter((span) => parentOf(span) !== undefined && !ids.has(parentOf(span)!));
  expect(orphans.map((span) => span.name)).toEqual([]);
  const under = (parent: string | undefined): Tree[] =>
    spans
      .filter((span) => parentOf(span) === parent)
      .map((span) => ({ name: span.name, children: under(span.spanContext().spanId) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  return under(undefined);
}

export const tree = (name: string, ...children: readonly Tree[]): Tree => ({ name, children });
