import fc from 'fast-check';
import { cases } from '../semantics/generator.ts';
import { type Bug, hunt } from '../semantics/hunt.ts';
import { plantedCompiler } from './planted-compiler.ts';

const BUGS: readonly Bug[] = [
  {
    name: 'the index of the outer map is dropped from keys',
    file: 'fan-outs.ts',
    from: "['$.at', ...indices].join(', ')",
    to: "[\"''\", ...indices].join(', ')",
  },
  {
    name: 'rounds of a repeat share a key',
    file: 'flow.ts',
    from: 'rounds: [...place.rounds, round] }',
    to: 'rounds: place.rounds }',
  },
  {
    name: 'rounds of a repeat are not counted inside a map',
    file: 'fan-outs.ts',
    from: "const indices = [...place.rounds, '$$.Map.Item.Index'];",
    to: "const indices = ['$$.Map.Item.Index'];",
  },
  {
    name: 'a policy tries once too often',
    file: 'errors.ts',
    from: 'MaxAttempts: retry.attempts - 1,',
    to: 'MaxAttempts: retry.attempts,',
  },
  {
    name: 'names in `not` are retried',
    file: 'errors.ts',
    from: 'aslNames([...NEVER_RETRIED, ...(retry.not ?? [])])',
    to: 'aslNames([...NEVER_RETRIED])',
  },
  {
    name: 'the outermost attempt catches first',
    file: 'flow.ts',
    from: 'catchers: [catcher, ...place.catchers]',
    to: 'catchers: [...place.catchers, catcher]',
  },
  {
    name: 'attempts around a fan-out catch what nothing may catch',
    file: 'catchers.ts',
    from: 'Catch: [final, ...Catch]',
    to: 'Catch: [...Catch.slice(0, 1), final]',
  },
  {
    name: 'a slot is free again while its value is needed',
    file: 'scope.ts',
    from: 'if (last.get(name) === index && name !== node.id) {',
    to: 'if ((last.get(name) as number) <= index + 1 && name !== node.id) {',
  },
  {
    name: 'a result goes into the slot of a value that is needed',
    file: 'scope.ts',
    from: '.filter(([name]) => last.get(name) === index)',
    to: '.filter(([name]) => (last.get(name) as number) <= index + 1)',
  },
  {
    name: 'values that an item uses are not handed to it',
    file: 'scope.ts',
    from: 'if (path !== undefined) found.add(slotOf(path));',
    to: "if (path !== undefined && !path.endsWith('.i')) found.add(slotOf(path));",
  },
  {
    name: 'a value of null is present',
    file: 'condition.ts',
    from: '{ And: [...steps, notNull] }',
    to: '{ And: steps }',
  },
  {
    name: 'an order is not turned round with its sides',
    file: 'condition.ts',
    from: "...{ lt: 'gt', lte: 'gte', gt: 'lt', gte: 'lte' },",
    to: "...{ lt: 'lt', lte: 'lte', gt: 'gt', gte: 'gte' },",
  },
  {
    name: 'and is or',
    file: 'condition.ts',
    from: "return joined('And', true, cond.and, place);",
    to: "return joined('Or', true, cond.and, place);",
  },
  {
    name: 'absent properties are read as if they were there',
    file: 'absence.ts',
    from: "if (!Object.hasOwn(value, key)) return rest.length === 0 ? 'absent' : 'sure';",
    to: "if (!Object.hasOwn(value, key)) return 'sure';",
    clause: { number: 3, title: 'an absent property reads as null: of input, output, item, literal and error' },
  },
  {
    name: 'nulls are not put in place in what a step returns',
    file: 'calls.ts',
    from: 'return reads.length === 0 ? {} :',
    to: 'return reads.length < 3 ? {} :',
  },
  {
    name: 'a rescue gets the error of the attempt around it',
    file: 'flow.ts',
    from: 'new Map(place.paths).set(error, ',
    to: "new Map(place.paths).set(error, [...place.paths].find(([name]) => name.endsWith('.error'))?.[1] ?? ",
  },
  {
    name: 'a repeat goes round once too often',
    file: 'flow.ts',
    from: 'NumericGreaterThanEquals: node.max - 1',
    to: 'NumericGreaterThanEquals: node.max',
  },
];

/** Always the same: how many cases it takes is a measure, to be compared between versions of the generator. */
const sample = fc.sample(cases, { seed: 20_260_101, numRuns: 1_500 });

hunt({ what: 'the compiler', bugs: BUGS, sample, plant: plantedCompiler, innocent: 200 });
