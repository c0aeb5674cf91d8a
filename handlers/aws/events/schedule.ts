import { invalidInput } from '../../../core/error.ts';
import { scheduleKey } from '../../../core/triggers/schedule-key.ts';
import type { ScheduleTrigger } from '../../../core/triggers/trigger.ts';
import { calledBy, nameInArn } from './called.ts';
import { type RecordKind, requireDone } from './desk.ts';
import { fieldAt, textAt } from './field.ts';

/**
 * Times of an EventBridge rule or of EventBridge Scheduler; the rule or schedule has the trigger's name.
 *
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
 */
export const scheduled: RecordKind = {
  name: 'EventBridge schedule',
  matches: (event) => event['detail-type'] === 'Scheduled Event',
  async handle(event, desk) {
    const resources = fieldAt(event, 'resources');
    const rule = nameInArn(Array.isArray(resources) ? String(resources[0] ?? '') : '');
    const time = new Date(textAt(event, 'time') ?? '');
    if (Number.isNaN(time.getTime())) throw invalidInput('time: must be a time in ISO 8601', 'time');
    // Schedules have no seconds; what the rule was late is no part of when it was due.
    time.setUTCSeconds(0, 0);
    const scheduledAt = time.toISOString();
    const triggers = desk.triggers.filter((one): one is ScheduleTrigger => one.kind === 'schedule');
    const due = calledBy(triggers, (one) => one.name, 'rule', rule);
    requireDone(
      await Promise.all(
        due.map((trigger) =>
          desk.deliver(trigger, { event: { scheduledAt }, key: scheduleKey(trigger.name, scheduledAt), attempt: 1 }),
        ),
      ),
    );
  },
};
