import { Failure, toErrorValue } from '../error.ts';
import { retries } from '../workflow/retry.ts';
import type { TaskEffect } from '../workflow/walk.ts';
import { ATTEMPT_DURATION } from './metrics.ts';
import type { Span, SpanEnd, Telemetry } from './telemetry.ts';

export interface RunSpansOptions {
  readonly run: string;
  readonly workflow: string;
  /** The traceparent that was kept with the run. */
  readonly parent: string | undefined;
  /** Whether a process before this one drove the run too. */
  readonly resumed: boolean;
}

export interface AttemptSpan {
  readonly traceparent: string;
  /** Ends it as succeeded. */
  succeeded(): void;
  /** @param aborted whether nobody waits for the result any more; no other attempt follows then. */
  failed(thrown: unknown, aborted: boolean): void;
}

/** The spans of a run that a process drives: the run's own, one a step over all its attempts, one an attempt. */
export interface RunSpans {
  /** The traceparent of the run's span. */
  readonly traceparent: string;
  /** Opens one attempt, and with the first that this process makes the step's own span. */
  attempt(effect: TaskEffect): AttemptSpan;
  /** Ends the run's span and what is open in it. `halted`: the run goes on later, in this process or another. */
  end(outcome: string, error?: SpanEnd['error']): void;
}

export function runSpans(telemetry: Telemetry, { run, workflow, parent, resumed }: RunSpansOptions): RunSpans {
  const ids = { 'skein.workflow': workflow, 'skein.run': run };
  const own = telemetry.span(`run ${workflow}`, {
    parent,
    attributes: { ...ids, ...(resumed && { 'skein.resumed': true }) },
  });
  const steps = new Map<string, Span>();

  const stepSpan = (key: string, step: string): Span => {
    const known = steps.get(key);
    if (known !== undefined) return known;
    const attributes = { ...ids, 'skein.step': step, 'skein.key': key };
    const span = telemetry.span(`step ${step}`, { parent: own.traceparent, attributes });
    steps.set(key, span);
    return span;
  };

  return {
    traceparent: own.traceparent,

    attempt({ key, attempt, node }) {
      const parentStep = stepSpan(key, node.step);
      const attributes = { ...ids, 'skein.step': node.step, 'skein.key': key, 'skein.attempt': attempt };
      const span = telemetry.span(`attempt ${node.step}`, { parent: parentStep.traceparent, attributes });
      const began = performance.now();
      const end = (outcome: 'succeeded' | 'retried' | 'failed' | 'aborted', error?: SpanEnd['error']): void => {
        span.end(endOf(outcome, error));
        const measured = { 'skein.workflow': workflow, 'skein.step': node.step, 'skein.outcome': outcome };
        telemetry.record(ATTEMPT_DURATION, (performance.now() - began) / 1000, measured);
        if (outcome === 'retried') return;
        steps.delete(key);
        parentStep.end(endOf(outcome, error));
      };
      return {
        traceparent: span.traceparent,
        succeeded: () => end('succeeded'),
        failed(thrown, aborted) {
          const error = toErrorValue(thrown);
          if (aborted || !(thrown instanceof Failure)) end('aborted', error);
          else end(!thrown.final && retries(node.retry, attempt, error.name) ? 'retried' : 'failed', error);
        },
      };
    },

    end(outcome, error) {
      for (const step of steps.values()) step.end(endOf('aborted'));
      steps.clear();
      own.end(endOf(outcome, error));
    },
  };
}

function endOf(outcome: string, error?: SpanEnd['error']): SpanEnd {
  return { attributes: { 'skein.outcome': outcome }, error };
}
