export interface Metric {
  readonly kind: 'counter' | 'histogram';
  readonly name: string;
  /** UCUM: `s` for seconds, `{run}` for what is counted. */
  readonly unit: string;
  readonly description: string;
  /** Upper bounds of a histogram's buckets. */
  readonly boundaries?: readonly number[];
}

/** What the conventions advise for requests: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ */
const SHORT = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** Steps take minutes, and runs take days. */
const LONG = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400];

function seconds(name: string, description: string, boundaries: readonly number[]): Metric {
  return { kind: 'histogram', name, unit: 's', description, boundaries };
}

/** A histogram counts too: how many runs ended with a status is the count of their durations. */
export const RUNS_STARTED: Metric = {
  kind: 'counter',
  name: 'skein.run.started',
  unit: '{run}',
  description: 'Runs that were started.',
};
export const RUN_DURATION = seconds('skein.run.duration', 'From the start of a run to its end.', LONG);
export const ATTEMPT_DURATION = seconds('skein.step.attempt.duration', 'One attempt of a step.', LONG);
/** https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/ */
export const PROCESS_DURATION = seconds('messaging.process.duration', 'One delivery to a trigger.', SHORT);
export const REQUEST_DURATION = seconds('http.server.request.duration', 'One HTTP request.', SHORT);
