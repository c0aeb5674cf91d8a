import { setTimeout as wait } from 'node:timers/promises';
import type { Json } from '../../../../core/json.ts';
import { activityFailure } from './activity-failure.ts';
import { callHttp } from './call-http.ts';
import type { ParentLink } from './history-store.ts';
import type { Hub, Post } from './hub.ts';
import { insist, PAUSE } from './insist.ts';
import { type Instance, isOver } from './instance.ts';
import { isWorkerGone, lastWords, WORKER_TRIES } from './invoker.ts';
import { slots } from './limits.ts';
import {
  type Arriving,
  EVENT,
  HTTP_ACTIVITY,
  type HttpCall,
  type Scheduled,
  type SubOrchestrationInstanceCreated,
  type TaskScheduled,
  type TimerCreated,
} from './protocol.ts';

/** What is told of a new instance. */
export interface Birth {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly input: string | null;
  readonly parent?: ParentLink;
}

export interface PerformerOptions {
  readonly hub: Hub;
  readonly post: Post;
  readonly create: (birth: Birth) => Promise<void>;
  readonly maxConcurrentActivityFunctions: number;
}

export interface Performer {
  /** Does what a history has scheduled; what comes of it arrives as a message, once at least. */
  perform(instance: Instance, event: Scheduled): void;
  /** Tells the parent of an instance that is over, if there is one and it still waits. */
  report(child: Instance): void;
}

export function performer({ hub, post, create, maxConcurrentActivityFunctions }: PerformerOptions): Performer {
  const inSlot = slots(maxConcurrentActivityFunctions);

  const deliver = (instance: Instance, generation: number, task: number, message: Arriving): void => {
    const { arrivals, overtakes } = hub.fates.of(`${instance.id}/${generation}/${task}`);
    const arrive = (): void => post(instance, { message, generation }, overtakes);
    for (const delay of arrivals)
      if (delay === 0) arrive();
      else hub.clock.at(hub.clock.now() + delay, arrive);
  };

  const call = async (instance: Instance, event: TaskScheduled): Promise<Json> => {
    const input = JSON.parse(event.Input) as Json;
    if (event.Name === HTTP_ACTIVITY) return callHttp(input as unknown as HttpCall, hub.http);
    return (await hub.invoker.activity(event.Name, input, { instanceId: instance.id })) ?? null;
  };

  const attempt = async (instance: Instance, event: TaskScheduled): Promise<Arriving> => {
    for (let tries = 1; ; tries++)
      try {
        const Result = JSON.stringify(await call(instance, event));
        return { EventType: EVENT.TaskCompleted, TaskScheduledId: event.EventId, Result };
      } catch (thrown) {
        const gone = isWorkerGone(thrown) && !hub.isClosed();
        if (gone && tries < WORKER_TRIES) {
          await wait(PAUSE);
          continue;
        }
        const failed = gone ? new Error(lastWords(thrown, tries)) : thrown;
        return {
          EventType: EVENT.TaskFailed,
          TaskScheduledId: event.EventId,
          ...activityFailure(event.Name, failed),
        };
      }
  };

  const activity = (instance: Instance, event: TaskScheduled): void => {
    const { generation } = instance;
    hub.background(async () => {
      if (hub.fates.lost(`${instance.id}/${generation}/${event.EventId}`)) await inSlot(() => attempt(instance, event));
      const message = await inSlot(() => attempt(instance, event));
      deliver(instance, generation, event.EventId, message);
    });
  };

  const timer = (instance: Instance, { EventId, FireAt }: TimerCreated): void => {
    const { generation } = instance;
    const ring = (): void => {
      instance.alarms.delete(EventId);
      deliver(instance, generation, EventId, { EventType: EVENT.TimerFired, TimerId: EventId, FireAt });
    };
    instance.alarms.set(EventId, hub.clock.at(Date.parse(FireAt), ring));
  };

  const report = (child: Instance): void => {
    const { parent: link, output, details } = child;
    const parent = link && hub.instances.get(link.id);
    if (link === undefined || parent === undefined) return;
    const TaskScheduledId = link.task;
    deliver(
      parent,
      link.generation,
      link.task,
      child.status === 'Completed'
        ? { EventType: EVENT.SubOrchestrationInstanceCompleted, TaskScheduledId, Result: JSON.stringify(output) }
        : {
            EventType: EVENT.SubOrchestrationInstanceFailed,
            TaskScheduledId,
            Reason: String(output),
            // The real host has none for a terminated one, and the library cannot read that: the parent fails as a whole.
            Details: details ?? (hub.strict ? null : ''),
          },
    );
  };

  const child = async (instance: Instance, event: SubOrchestrationInstanceCreated): Promise<void> => {
    const link: ParentLink = { id: instance.id, generation: instance.generation, task: event.EventId };
    const there = hub.instances.get(event.InstanceId);
    if (
      there?.parent?.id === link.id &&
      there.parent.generation === link.generation &&
      there.parent.task === link.task
    ) {
      if (isOver(there)) report(there);
      return;
    }
    if (there !== undefined && !isOver(there))
      return deliver(instance, link.generation, link.task, {
        EventType: EVENT.SubOrchestrationInstanceFailed,
        TaskScheduledId: link.task,
        Reason: `An Orchestration instance with the status ${there.status} already exists.`,
        Details: event.InstanceId,
      });
    const { Name: name, Version: version, Input: input } = event;
    await insist(hub, event.InstanceId, () => create({ id: event.InstanceId, name, version, input, parent: link }));
  };

  return {
    report,
    perform(instance, event) {
      switch (event.EventType) {
        case EVENT.TaskScheduled:
          return activity(instance, event);
        case EVENT.TimerCreated:
          return timer(instance, event);
        case EVENT.SubOrchestrationInstanceCreated:
          return hub.background(() => child(instance, event));
      }
    },
  };
}
