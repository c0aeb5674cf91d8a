import type { Chart } from './chart.ts';

/** How often `diverges` calls the integrand. */
export const GLANCES = 3;

/**
 * Whether |f(u)|·u, which must vanish towards the end point of any integral that exists, plainly does not.
 *
 * A value that is not finite proves nothing so close to an end point: x/(eˣ − 1) is 1 there and evaluates to x/0.
 */
export function diverges(chart: Chart): boolean {
  const deep = chart.inverted || chart.origin === 0;
  const closest = chart.inverted ? 1e-60 : deep ? 1e-100 : Math.abs(chart.origin) * 1000 * Number.EPSILON;
  const step = deep ? 1e20 : 1e3;
  const [near, middle, far] = [1, step, step * step].map((times) => {
    const u = closest * times;
    return Math.abs(chart.at(u)) * u;
  }) as [number, number, number];
  return far > 0 && Number.isFinite(near) && near >= 0.99 * middle && middle >= 0.99 * far;
}
