/** Nodes on [-1, 1] in ascending order and their weights, which add up to 2. */
export interface Nodes {
  readonly nodes: readonly number[];
  readonly weights: readonly number[];
}

const known = new Map<number, Nodes>();

/**
 * The Gauss–Legendre rule with `points` nodes: exact for polynomials up to degree 2·points − 1.
 *
 * Roots of the Legendre polynomial by Newton's method from the usual cosine guess,
 * https://dlmf.nist.gov/3.5#v and https://dlmf.nist.gov/18.16
 */
export function legendre(points: number): Nodes {
  const cached = known.get(points);
  if (cached !== undefined) return cached;
  const nodes = new Array<number>(points).fill(0);
  const weights = new Array<number>(points).fill(0);
  for (let i = 0; i < Math.ceil(points / 2); i++) {
    let root = 2 * i + 1 === points ? 0 : Math.cos((Math.PI * (i + 0.75)) / (points + 0.5));
    let slope = 0;
    for (let round = 0; round < 8; round++) {
      const [value, derivative] = polynomial(points, root);
      slope = derivative;
      if (2 * i + 1 !== points) root -= value / derivative;
    }
    const weight = 2 / ((1 - root * root) * slope * slope);
    nodes[i] = -root;
    nodes[points - 1 - i] = root;
    weights[i] = weight;
    weights[points - 1 - i] = weight;
  }
  const rule = { nodes, weights };
  known.set(points, rule);
  return rule;
}

/** The Legendre polynomial of a degree and its derivative, inside (-1, 1). */
function polynomial(degree: number, x: number): [value: number, derivative: number] {
  let before = 1;
  let value = x;
  for (let k = 2; k <= degree; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
  return [value, (degree * (x * value - before)) / (x * x - 1)];
}
