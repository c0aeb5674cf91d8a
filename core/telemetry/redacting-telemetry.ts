import type { Redactor } from '../redact.ts';
import type { Attributes, Telemetry } from './telemetry.ts';

/** The same telemetry without what `redactor` takes out: spans leave the room as log lines do. */
export function redactingTelemetry(telemetry: Telemetry, redactor: Redactor): Telemetry {
  const clean = (attributes: Attributes): Attributes =>
    Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [
        name,
        typeof value === 'string' ? redactor.text(value) : value,
      ]),
    );
  return {
    ...telemetry,
    span(name, { attributes, ...options }) {
      const span = telemetry.span(redactor.text(name), { ...options, attributes: clean(attributes) });
      return {
        traceparent: span.traceparent,
        end: (end = {}) =>
          span.end({
            ...end,
            ...(end.attributes && { attributes: clean(end.attributes) }),
            ...(end.error && { error: { name: end.error.name, message: redactor.text(end.error.message) } }),
          }),
      };
    },
  };
}
