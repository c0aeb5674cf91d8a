/** The idempotency key of one time of a schedule: its name and the minute, which is a valid run id too. */
export function scheduleKey(trigger: string, scheduledAt: string): string {
  return `${trigger}.${scheduledAt.slice(0, 16).replace(/[-:]/g, '')}Z`;
}
