import { expect, test } from 'vitest';
import { DEGREE_13, DEGREE_14, GAUSS, KRONROD, PLACES, TO_END } from '../../core/numeric/kronrod.ts';
import { legendre } from '../../core/numeric/legendre.ts';

const applied = (weights: Float64Array, f: (x: number) => number): number =>
  weights.reduce((total, weight, i) => total + weight * f(PLACES[i]!), 0);

const moment = (degree: number): number => (degree % 2 === 0 ? 2 / (degree + 1) : 0);

test('the Kronrod weights integrate every polynomial up to degree 22, the Gauss weights up to 13', () => {
  for (let degree = 0; degree <= 22; degree++)
    expect(applied(KRONROD, (x) => x ** degree)).toBeCloseTo(moment(degree), 14);
  for (let degree = 0; degree <= 13; degree++)
    expect(applied(GAUSS, (x) => x ** degree)).toBeCloseTo(moment(degree), 14);
  expect(Math.abs(applied(KRONROD, (x) => x ** 24) - moment(24))).toBeGreaterThan(1e-12);
  expect(Math.abs(applied(GAUSS, (x) => x ** 14) - moment(14))).toBeGreaterThan(1e-6);
});

test('the Gauss nodes of the table are those that Newton finds', () => {
  const { nodes, weights } = legendre(7);
  nodes.forEach((node, i) => {
    expect(PLACES[2 * i + 2]).toBeCloseTo(node, 15);
    expect(GAUSS[2 * i + 2]).toBeCloseTo(weights[i]!, 15);
  });
});

test('the derived weights give the highest Legendre coefficients and the value at an end', () => {
  const polynomial = (degree: number, x: number): number => {
    let [before, value] = [1, x];
    for (let k = 2; k <= degree; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
    return value;
  };
  expect(applied(DEGREE_14, (x) => polynomial(14, x))).toBeCloseTo(1, 12);
  expect(applied(DEGREE_14, (x) => polynomial(13, x))).toBeCloseTo(0, 12);
  expect(applied(DEGREE_13, (x) => polynomial(13, x))).toBeCloseTo(1, 12);
  expect(applied(DEGREE_13, (x) => polynomial(12, x))).toBeCloseTo(0, 12);
  for (let degree = 0; degree <= 14; degree++) expect(applied(TO_END, (x) => x ** degree)).toBeCloseTo(1, 11);
});

test.each([1, 2, 3, 5, 10, 33])('Gauss–Legendre with %i points is exact up to its degree', (points) => {
  const { nodes, weights } = legendre(points);
  for (let degree = 0; degree <= 2 * points - 1; degree++)
    expect(nodes.reduce((total, node, i) => total + weights[i]! * node ** degree, 0)).toBeCloseTo(moment(degree), 13);
});
