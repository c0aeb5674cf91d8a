import { Failure, toErrorValue } from '../../../core/error.ts';
import { checkIn } from '../../../core/workflow/claim.ts';
import { invoke, type Surroundings } from '../../../core/workflow/invoke.ts';
import type { StepDefinition } from '../../../core/workflow/step.ts';
import type { Alarm, Answer, StepWork, Work } from './envelope.ts';
import { gathered, oversized } from './stand-in.ts';
import { Stopped } from './stops.ts';

/** What a room may add to the activity. */
export interface Watch {
  /** Whether the run was cancelled, or a lane beside this one failed: then the step does not start. @default never */
  stopped?(work: StepWork): Promise<boolean>;
  /** Seconds after which that is asked again while the step is at work, which is told by its signal. @default 5 */
  readonly every?: number;
  /** Raises the event `alarm.event` of the instance `alarm.to`; a lane failed. @default the others are waited for */
  alarm?(alarm: Alarm & { readonly run: string }, data: string): Promise<void>;
  /** Tells lanes to stop (`stopLanes`), and their steps where it can. @default they go on, and are waited for */
  stop?(lanes: readonly string[], run: string): Promise<void>;
  /** Told of each attempt before it starts, and when it is over; awaited, so that it is written down once the run goes on. */
  begun?(work: StepWork): Promise<void>;
  ended?(work: StepWork, answer: Answer): Promise<void>;
  /** Rings after so many seconds; the returned function calls it off. @default by the system's timer */
  after?(seconds: number, ring: () => void): () => void;
}

/** setTimeout takes 31 bits of milliseconds. No function runs for so long. */
const LONGEST = 2 ** 31 - 1;

/**
 * What the activity does: one attempt of a step, or a small service that an orchestration may not do itself.
 *
 * @param definitionOf the step of a workflow by name, where the app has it.
 * @param envelope what the orchestration sent.
 * @returns what it is resumed with. Only a defect of the room rejects: errors of steps are answers.
 */
export async function performActivity(
  definitionOf: (workflow: string, step: string) => StepDefinition | undefined,
  envelope: string,
  surroundings: Surroundings,
  signal: AbortSignal,
  watch: Watch = {},
): Promise<string> {
  return JSON.stringify(await answerTo(JSON.parse(envelope) as Work, definitionOf, surroundings, signal, watch));
}

async function answerTo(
  work: Work,
  definitionOf: (workflow: string, step: string) => StepDefinition | undefined,
  { claims, ...rest }: Surroundings,
  signal: AbortSignal,
  watch: Watch,
): Promise<Answer> {
  switch (work.kind) {
    case 'alarm':
      await watch.alarm?.(work, JSON.stringify(work.failed));
      return { ok: null };
    case 'stop':
      await watch.stop?.(work.lanes, work.run);
      return { ok: null };
    case 'keep':
      return { claim: await checkIn(work.value, work.key, claims) };
    case 'gather':
      return { ok: await gathered(work.value, work.run, claims) };
    case 'step': {
      const definition = definitionOf(work.workflow, work.step);
      if (definition === undefined) return { absent: work.step };
      if (await watch.stopped?.(work)) return { stopped: true };
      await watch.begun?.(work);
      const answer = await attempt(definition, work, { ...rest, claims }, signal, watch);
      await watch.ended?.(work, answer);
      return answer;
    }
  }
}

/** One attempt: its output, or its error, or `Timeout`: code that ignores its signal holds up nobody. */
async function attempt(
  definition: StepDefinition,
  work: StepWork,
  surroundings: Surroundings,
  signal: AbortSignal,
  watch: Watch,
): Promise<Answer> {
  const { run, key, attempt: nth, input, large, opaque, timeout } = work;
  const alarm = watch.after ?? after;
  const own = new AbortController();
  const unwatched = watched(work, watch, own);
  const late = Promise.withResolvers<never>();
  const off =
    timeout === undefined
      ? undefined
      : alarm(timeout, () => {
          const failure = new Failure({ name: 'Timeout', message: `${key} took longer than ${timeout} s` });
          own.abort(failure);
          late.reject(failure);
        });
  const call = { run, key, attempt: nth, input, large };
  const result = invoke(definition, call, surroundings, AbortSignal.any([signal, own.signal]));
  // Whoever loses the race has nobody left to listen.
  result.catch(() => undefined);
  try {
    const output = await Promise.race([result, late.promise]);
    if (!opaque || !oversized(output)) return { ok: output };
    return { claim: await checkIn(output, key, surroundings.claims) };
  } catch (error) {
    return { error: toErrorValue(error) };
  } finally {
    off?.();
    unwatched();
  }
}

/** Aborts when the step is to stop; the returned function ends the watch. */
function watched(work: StepWork, { stopped, every = 5 }: Watch, controller: AbortController): () => void {
  if (stopped === undefined) return () => undefined;
  const look = async (): Promise<void> => {
    // Whoever cannot be asked now is asked again.
    if (await stopped(work).catch(() => false))
      controller.abort(new Stopped('the run or this branch of it was stopped'));
  };
  const timer = setInterval(() => void look(), every * 1000);
  timer.unref();
  return () => clearInterval(timer);
}

function after(seconds: number, ring: () => void): () => void {
  const timer = setTimeout(ring, Math.min(seconds * 1000, LONGEST));
  return () => clearTimeout(timer);
}
