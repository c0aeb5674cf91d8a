import type { Telemetry } from '../core/telemetry/telemetry.ts';
import type { Env } from './output.ts';
import { UsageError } from './usage-error.ts';

/**
 * What `SKEIN_OTEL=1` asks for: traces and metrics for the OpenTelemetry SDK that was registered before the command line began.
 *
 * @throws UsageError where there is none to be had: who asked for it would miss it only when it is needed.
 */
export async function telemetryOf({ SKEIN_OTEL: wanted }: Env): Promise<Telemetry | undefined> {
  if (wanted === undefined || wanted === '' || wanted === '0') return undefined;
  if (wanted !== '1') throw new UsageError(`SKEIN_OTEL: must be 1 or 0, not '${wanted}'`);
  const { default: otel } = await import('../handlers/otel/index.ts').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new UsageError('SKEIN_OTEL=1 needs @opentelemetry/api: npm install @opentelemetry/api');
  });
  const telemetry = otel();
  if (telemetry !== undefined) return telemetry;
  throw new UsageError(
    "SKEIN_OTEL=1, but no OpenTelemetry SDK is registered: start with NODE_OPTIONS='--import ./otel.js' (docs/observability.md)",
  );
}
