export { type Exact, merge } from './exact.ts';
export { type Compiled, compile } from './expression/compile.ts';
export {
  type FixedRule,
  fixed,
  gauss,
  type Integrand,
  left,
  midpoint,
  type Share,
  share,
  simpson,
  together,
  trapezoid,
} from './fixed.ts';
export { divide, type Integral, type IntegrateOptions, integrate } from './integrate.ts';
export { Sum, sum } from './sum.ts';
