import { appendFileSync } from 'node:fs';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

/** The SDK of a process and of its threads: each span is a line of the file as soon as it ends, so that a kill loses none before it. */
const file = process.env.TEST_SPANS as string;

const line = (span: ReadableSpan): string => {
  const { name, attributes, parentSpanContext } = span;
  const { traceId, spanId } = span.spanContext();
  return `${JSON.stringify({ name, trace: traceId, id: spanId, parent: parentSpanContext?.spanId, attributes })}\n`;
};
const exporter = {
  export(spans: readonly ReadableSpan[], done: (result: { code: number }) => void): void {
    appendFileSync(file, spans.map(line).join(''));
    done({ code: 0 });
  },
  shutdown: async () => undefined,
};
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
