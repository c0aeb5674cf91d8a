/**
 * The Gauss–Kronrod pair of 7 and 15 points on [-1, 1], with the two end points added as places to look at.
 *
 * Nodes and weights: R. Piessens et al., QUADPACK (1983), routine qk15, https://www.netlib.org/quadpack/dqk15.f
 * A test checks them by what they must integrate exactly. Everything else here is derived from them.
 */
const HALF_NODES = [
  0.9914553711208126, 0.9491079123427585, 0.8648644233597691, 0.7415311855993945, 0.5860872354676911,
  0.4058451513773972, 0.20778495500789848,
];
const HALF_KRONROD = [
  0.022935322010529224, 0.06309209262997856, 0.10479001032225019, 0.14065325971552592, 0.1690047266392679,
  0.19035057806478542, 0.20443294007529889,
];
const HALF_GAUSS = [0, 0.1294849661688697, 0, 0.27970539148927664, 0, 0.3818300505051189, 0];

const mirrored = (half: readonly number[], centre: number, sign: 1 | -1): number[] => [
  ...half.map((value) => sign * value),
  centre,
  ...half.toReversed(),
];

const framed = (inner: readonly number[], first: number, last: number): Float64Array =>
  Float64Array.from([first, ...inner, last]);

/** 17 places in ascending order: the end points and the 15 Kronrod nodes. */
export const PLACES = framed(mirrored(HALF_NODES, 0, -1), -1, 1);

/** Kronrod weights of `PLACES`; none for the end points. */
export const KRONROD = framed(mirrored(HALF_KRONROD, 0.20948214108472782, 1), 0, 0);

/** Gauss weights of `PLACES`; every second node has one. */
export const GAUSS = framed(mirrored(HALF_GAUSS, 0.4179591836734694, 1), 0, 0);

/** How far the outermost node is from its end point. */
export const GAP = 1 - HALF_NODES[0]!;

/** Barycentric weights of the 15 nodes: https://doi.org/10.1137/S0036144502417715 */
const barycentric = Float64Array.from(PLACES, (x, i) => {
  if (i === 0 || i === 16) return 0;
  let product = 1;
  for (let j = 1; j < 16; j++) if (j !== i) product *= x - PLACES[j]!;
  return 1 / product;
});

/** The leading coefficient of the Legendre polynomial of a degree. */
function leading(degree: number): number {
  let value = 1;
  for (let k = 1; k <= degree; k++) value *= (2 * k - 1) / k;
  return value;
}

/** Weights that give the Legendre coefficient of degree 14 of the polynomial through the 15 nodes. */
export const DEGREE_14 = barycentric.map((weight) => weight / leading(14));

/** Weights for degree 13: the nodes add up to zero, so the next coefficient is a first moment. */
export const DEGREE_13 = barycentric.map((weight, i) => (weight * PLACES[i]!) / leading(13));

/** Weights that continue the polynomial through the 15 nodes to +1; reversed, to -1. */
export const TO_END = barycentric.map((weight, i) => {
  if (weight === 0) return 0;
  let product = weight;
  for (let j = 1; j < 16; j++) if (j !== i) product *= 1 - PLACES[j]!;
  return product;
});
