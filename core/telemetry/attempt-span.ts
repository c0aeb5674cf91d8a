import { toErrorValue } from '../error.ts';
import type { Json } from '../json.ts';
import type { Call } from '../workflow/invoke.ts';
import { ATTEMPT_DURATION } from './metrics.ts';
import type { Telemetry } from './telemetry.ts';

/**
 * Runs an attempt within its span: the one that came with the call, else one of its own. A room in which another's engine drives
 * the runs knows no more of them than the call says.
 */
export async function attemptSpan(
  telemetry: Telemetry,
  step: string,
  { run, key, attempt, trace }: Omit<Call, 'input' | 'large'>,
  perform: () => Promise<Json>,
): Promise<Json> {
  if (trace !== undefined) return telemetry.within(trace, perform);
  const span = telemetry.span(`attempt ${step}`, {
    parent: telemetry.current(),
    attributes: { 'skein.run': run, 'skein.step': step, 'skein.key': key, 'skein.attempt': attempt },
  });
  const began = performance.now();
  const end = (outcome: 'succeeded' | 'failed', thrown?: unknown): void => {
    const measured = { 'skein.outcome': outcome };
    span.end({ attributes: measured, error: outcome === 'failed' ? toErrorValue(thrown) : undefined });
    telemetry.record(ATTEMPT_DURATION, (performance.now() - began) / 1000, { 'skein.step': step, ...measured });
  };
  try {
    const output = await telemetry.within(span.traceparent, perform);
    end('succeeded');
    return output;
  } catch (error) {
    end('failed', error);
    throw error;
  }
}
