import fc from 'fast-check';
import { cases } from './generator.ts';
import { type Bug, hunt } from './hunt.ts';
import { plantedCore } from './planted-core.ts';

const BUGS: readonly Bug[] = [
  {
    name: 'the index of the outer map is dropped from keys',
    file: 'walk.ts',
    from: 'return { ...at, indices:',
    to: "if (index >= 0) return { ...at, indices: '/' + index }; return { ...at, indices:",
  },
  {
    name: 'rounds of a repeat inside a fan-out share a key',
    file: 'walk.ts',
    from: 'yield* walkBlock(node.body, inner(at, index), held, bind(state))',
    to: "yield* walkBlock(node.body, at.indices === '' ? inner(at, index) : at, held, bind(state))",
  },
  {
    name: 'every attempt is told that it is the first',
    file: 'walk.ts',
    from: 'node, input, attempt }',
    to: 'node, input, attempt: 1 }',
  },
  {
    name: 'there is one attempt too many where errors are chosen by name',
    file: 'retry.ts',
    from: 'attempt >= retry.attempts',
    to: 'attempt >= retry.attempts + (retry.on === undefined ? 0 : 1)',
  },
  {
    name: 'a retry ignores `not` where there is `on`',
    file: 'retry.ts',
    from: 'if (retry.not?.includes(name)) return false;',
    to: 'if (retry.on === undefined && retry.not?.includes(name)) return false;',
  },
  {
    name: 'until sees the state before the round',
    file: 'walk.ts',
    from: 'if (holds(node.until, { own: new Map(bind(state)), up: at.variables })) break;',
    to: 'if (holds(node.until, { own: new Map(bind(before)), up: at.variables })) break; before = state;',
    also: [
      'let state = at.from === undefined ? evaluate(node.init, at.variables) : at.from.state;',
      'let state = evaluate(node.init, at.variables); let before = state;',
    ],
  },
  {
    name: 'absent properties stay absent inside maps and repeats',
    file: 'walk.ts',
    from: "return pad(yield { kind: 'task'",
    to: "return (at.indices !== '' ? (made) => made : pad)(yield { kind: 'task'",
  },
  {
    name: 'an attempt inside a rescue binds the error of the one around it',
    file: 'walk.ts',
    from: 'toErrorJson(toErrorValue(error))]]',
    to: "[...at.variables.own].find(([name]) => name.endsWith('.error'))?.[1] ?? toErrorJson(toErrorValue(error))]]",
  },
  {
    name: 'objects are neither equal nor unequal',
    file: 'evaluate.ts',
    from: 'ne: (a, b) => !(isScalar(a) && a === b)',
    to: 'ne: (a, b) => isScalar(a) && a !== b',
  },
  {
    name: 'present throws where the way is missing',
    file: 'evaluate.ts',
    from: "if (error instanceof Failure && error.name === 'MissingValue') return false;",
    to: '',
  },
  {
    name: 'a failure stops neither siblings nor the items after it',
    file: 'drive.ts',
    from: 'while (next < effect.size && failure === undefined) {',
    to: 'while (next < effect.size && (failure === undefined || effect.concurrency === 1)) {',
    also: ['controller.abort(new SiblingFailed());', ''],
  },
  {
    name: 'a map inside a map has one lane too many',
    file: 'walk.ts',
    from: 'const concurrency = node.concurrency ?? DEFAULT_CONCURRENCY;',
    to: "const concurrency = (node.concurrency ?? DEFAULT_CONCURRENCY) + (at.indices === '' ? 0 : 1);",
    clause: { number: 18, title: 'a map inside a map keeps a bound of its own' },
  },
  {
    name: 'delays are not rounded up',
    file: 'retry.ts',
    from: 'Math.ceil(retry.seconds * retry.rate ** (attempt - 1))',
    to: 'retry.seconds * retry.rate ** (attempt - 1)',
    clause: { number: 16, title: 'delays are whole seconds, rounded up, growing by the rate up to the cap' },
  },
  {
    name: 'the delay starts anew in every scope',
    file: 'retry.ts',
    from: 'retry.rate ** (attempt - 1)',
    to: 'retry.rate ** ((attempt - 1) % 2)',
    clause: { number: 16, title: 'delays are whole seconds, rounded up, growing by the rate up to the cap' },
  },
];

/** Always the same: how many cases it takes is a measure of the generator, to be compared between its versions. */
const sample = fc.sample(cases, { seed: 20_260_101, numRuns: 2_000 });

hunt({ what: 'core', bugs: BUGS, sample, plant: plantedCore, atOnce: 1 });
