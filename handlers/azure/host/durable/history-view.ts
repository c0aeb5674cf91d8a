import type { Json } from '../../../../core/json.ts';
import { EVENT, type HistoryEvent, type Scheduled } from './protocol.ts';

export interface HistoryViewOptions {
  /** The outputs of activities and sub-orchestrations too. */
  readonly output: boolean;
  readonly input: boolean;
}

const NAMES = new Map(Object.entries(EVENT).map(([name, type]) => [type as number, name]));

/**
 * A history as the extension shows it to clients: events by name, and what scheduled a task folded into what ended it.
 *
 * https://github.com/Azure/azure-functions-durable-extension, DurableClient.cs, GetDurableOrchestrationStatusAsync
 */
export function historyView(history: readonly HistoryEvent[], options: HistoryViewOptions): Json[] {
  const scheduled = new Map<number, Scheduled>();
  const ended = new Set<number>();
  for (const event of history) {
    if (event.EventType === EVENT.TaskScheduled || event.EventType === EVENT.SubOrchestrationInstanceCreated)
      scheduled.set(event.EventId, event);
    if ('TaskScheduledId' in event) ended.add(event.TaskScheduledId);
  }
  return history.flatMap((event) => {
    if (event.EventType === EVENT.OrchestratorStarted || event.EventType === EVENT.OrchestratorCompleted) return [];
    return scheduled.has(event.EventId) && ended.has(event.EventId) ? [] : [shown(event, scheduled, options)];
  });
}

function shown(event: HistoryEvent, scheduled: ReadonlyMap<number, Scheduled>, options: HistoryViewOptions): Json {
  const { EventId, IsPlayed, EventType, ...rest } = event;
  const fields: Record<string, Json | undefined> = {
    EventType: NAMES.get(EventType) ?? EventType,
    ...(rest as object),
  };
  if (fields.Version !== undefined) delete fields.Version;
  delete fields.TimerId;
  if (EventType === EVENT.ExecutionStarted) {
    fields.FunctionName = event.Name;
    delete fields.Name;
  }
  if ('TaskScheduledId' in event) {
    const cause = scheduled.get(event.TaskScheduledId);
    delete fields.TaskScheduledId;
    fields.ScheduledTime = cause?.Timestamp ?? null;
    if (cause !== undefined && 'Name' in cause) {
      fields.FunctionName = cause.Name;
      fields.Input = cause.Input;
    }
  }
  if ('Result' in event)
    if (options.output) fields.Result = parsed(event.Result);
    else delete fields.Result;
  if (!options.input) delete fields.Input;
  return fields as Json;
}

/** JSON where it is that, and the text itself where not, as the reason of a failed instance. */
function parsed(text: string | null): Json {
  if (text === null) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
