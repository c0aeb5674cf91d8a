const SHAPE = /^(?:(\d{1,7})\.)?(\d{1,2}):([0-5]?\d)(?::([0-5]?\d)(?:\.(\d{1,7}))?)?$/;

/** Milliseconds of a .NET TimeSpan as JSON has it, `[d.]hh:mm[:ss[.fffffff]]`; `undefined` where it is none. */
export function timeSpan(text: string): number | undefined {
  const found = SHAPE.exec(text.trim());
  if (found === null) return undefined;
  const [, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = '0'] = found;
  if (Number(hours) > 23) return undefined;
  const whole = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
  return whole * 1000 + Math.round(Number(`0.${fraction}`) * 1000);
}
