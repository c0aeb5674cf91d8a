import { html } from 'hono/html';
import type { Html } from './frame.ts';

/** A time as people read it, in UTC to the second. */
export function moment(iso: string): Html {
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)}</time>`;
}

/** Milliseconds in the two largest units that they have. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.max(0, Math.round(milliseconds))} ms`;
  if (milliseconds < 60_000) return `${(Math.floor(milliseconds / 100) / 10).toFixed(1)} s`;
  const [size, unit, small] = UNITS.find(([least]) => milliseconds >= least * 1000) ?? UNITS[2];
  const whole = Math.floor(milliseconds / 1000 / size);
  const rest = Math.floor((milliseconds / 1000 - whole * size) / small.size);
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${small.unit}`;
}

/** The seconds of each unit, and the unit that follows it. */
const UNITS = [
  [86_400, 'd', { size: 3600, unit: 'h' }],
  [3600, 'h', { size: 60, unit: 'min' }],
  [60, 'min', { size: 1, unit: 's' }],
] as const;
