/**
 * What has been cut off on the way to an end point, each time half of what was left: the integrals m₁, m₂, … over
 * [d/2, d], [d/4, d/2], … . For an integrand like u^α they are a geometric series, whose rest has a closed form; for smooth
 * factors and logarithms the series of extrapolated answers still settles.
 */
export interface Ladder {
  readonly count: number;
  /** m₁ + … */
  readonly sum: number;
  /** The last two m, latest first. */
  readonly masses: readonly [number, number];
  /** Recent Aₖ − Aₖ₋₁ of the extrapolated answers A, latest first. */
  readonly moves: readonly number[];
  readonly answer: number;
  readonly best: Extrapolated | undefined;
}

export interface Extrapolated {
  readonly answer: number;
  readonly error: number;
}

export const GROUND: Ladder = { count: 0, sum: 0, masses: [0, 0], moves: [], answer: 0, best: undefined };

/** A series that shrinks slower than this cannot be told from one that does not converge. */
const SLOWEST = 0.9995;
const ENOUGH = 8;

/**
 * One more step to the end point. Aitken's Δ² process, with the error from how fast its answers settle.
 *
 * Source: A. Sidi, "Practical Extrapolation Methods" (2003), chapter 15, https://doi.org/10.1017/CBO9780511546815
 */
export function climb(ladder: Ladder, mass: number): Ladder {
  const count = ladder.count + 1;
  const sum = ladder.sum + mass;
  const masses = [mass, ladder.masses[0]] as const;
  const ratio = shrinkage({ masses });
  if (count < 2 || !(Math.abs(ratio) < SLOWEST)) return { count, sum, masses, moves: [], answer: sum, best: undefined };
  const answer = sum + (mass * ratio) / (1 - ratio);
  const moves = [answer - ladder.answer, ...ladder.moves].slice(0, 6);
  const error = moves.length < 6 || count < ENOUGH ? Infinity : settled(moves, answer);
  const best = ladder.best !== undefined && ladder.best.error <= error ? ladder.best : { answer, error };
  return { count, sum, masses, moves, answer, best: Number.isFinite(best.error) ? best : undefined };
}

/** By what factor the last mass is smaller than the one before; 0 where nothing is left, NaN where that cannot be said. */
export function shrinkage({ masses: [last, before] }: Pick<Ladder, 'masses'>): number {
  return last === 0 ? 0 : before === 0 ? Number.NaN : last / before;
}

/**
 * What further moves add up to, with a margin: if they keep shrinking as they did; or, where they go to and fro, which is
 * rounding, not much more than the largest of them.
 */
function settled(moves: readonly number[], answer: number): number {
  const [m1, m2, , m4, m5] = moves.map(Math.abs) as [number, number, number, number, number];
  const recent = m1 + m2;
  const floor = 4 * Number.EPSILON * Math.abs(answer);
  if (recent <= floor) return floor;
  const steady = moves.every((move) => move > 0 === moves[0]! > 0);
  const rate = Math.min(0.9995, Math.cbrt(recent / (m4 + m5)));
  return (steady || rate < 0.9 ? (4 * Math.max(m1, m2)) / (1 - rate) : 16 * Math.max(m1, m2, m4, m5)) + floor;
}
