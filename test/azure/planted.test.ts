import fc from 'fast-check';
import { cases } from '../semantics/generator.ts';
import { type Bug, hunt } from '../semantics/hunt.ts';
import { plantedOrchestrator } from './planted-orchestrator.ts';

const BUGS: readonly Bug[] = [
  {
    name: 'the index of the outermost map is dropped from keys in lanes',
    file: 'lane-program.ts',
    from: "indices.slice(1).split('/').map(Number)",
    to: "indices.slice(1).split('/').slice(1).map(Number)",
  },
  {
    name: 'lanes are put one behind the other',
    file: 'fan-out.ts',
    from: 'results[lane + nth * count] = result',
    to: 'results[lane * own.length + nth] = result',
  },
  {
    name: 'an item is told the number of its lane',
    file: 'fan-out.ts',
    from: 'items.push([index, branches[index]?.[1] ?? null])',
    to: 'items.push([items.length === 0 ? index : lane, branches[index]?.[1] ?? null])',
  },
  {
    name: 'each lane walks the first branch',
    file: 'fan-out.ts',
    from: 'node.branches.slice(lane, lane + 1)',
    to: 'node.branches.slice(0, 1)',
  },
  {
    name: 'there is one lane too many',
    file: 'fan-out.ts',
    from: 'const count = Math.min(effect.concurrency, effect.size);',
    to: 'const count = Math.min(effect.concurrency + 1, effect.size);',
    clause: { number: 18, title: 'a map inside a map keeps a bound of its own' },
  },
  {
    name: 'the state of a repeat is not handed to lanes',
    file: 'lane-program.ts',
    from: 'filter((name) => !own.has(name) && !bound.includes(name))',
    to: "filter((name) => !own.has(name) && !bound.includes(name) && !name.endsWith('.state'))",
  },
  {
    name: 'what a lane binds for itself is looked for outside',
    file: 'lane-program.ts',
    from: "['item', 'index', 'error', 'state', 'in']",
    to: "['item', 'index', 'state', 'in']",
  },
  {
    name: 'the failure of a lane can be caught where it is final',
    file: 'envelope.ts',
    from: 'final: failure.final };',
    to: 'final: false };',
    clause: { number: 4, title: 'a map over null ends the run with MissingValue, uncatchable' },
  },
  {
    name: 'a lane that fails alone is not heard',
    file: 'fan-out.ts',
    from: ': lanes.find(hasFailed)?.failed;',
    to: ': undefined;',
  },
  {
    name: 'nobody is told that a lane failed before all have ended',
    file: 'orchestrate.ts',
    from: 'if (alarm !== undefined) yield* ask',
    to: 'if (alarm === undefined) yield* ask',
    clause: { number: 33, title: 'when a branch fails its siblings stop sleeping and start nothing' },
  },
  {
    name: 'every attempt is told that it is the first',
    file: 'drive.ts',
    from: 'instance: durable.id, key, attempt }',
    to: 'instance: durable.id, key, attempt: 1 }',
  },
  {
    name: 'a lane that is rolled forgets its results',
    file: 'orchestrate.ts',
    from: 'items: items.slice(nth), results }',
    to: 'items: items.slice(nth), results: [] }',
    also: ['const ROLL = 100;', 'const ROLL = 2;'],
  },
  {
    name: 'a lane that is rolled passes over an item',
    file: 'orchestrate.ts',
    from: 'items: items.slice(nth), results }',
    to: 'items: items.slice(nth + 1), results: [...results, null] }',
    also: ['const ROLL = 100;', 'const ROLL = 2;'],
  },
  {
    name: 'a loop that is rolled passes over a round',
    file: 'orchestrate.ts',
    from: '...resumption(block, error.round),',
    to: '...resumption(block, error.round), index: error.round.index + 1,',
    also: ['const ROLL = 100;', 'const ROLL = 2;'],
  },
  {
    name: 'a loop that is rolled begins with its first state',
    file: 'orchestrate.ts',
    from: '...resumption(block, error.round),',
    to: '...resumption(block, error.round), state: null,',
    also: ['const ROLL = 100;', 'const ROLL = 2;'],
  },
  {
    name: 'sleeps are cut short',
    file: 'drive.ts',
    from: 'stops.until(durable.now() + seconds * 1000)',
    to: 'stops.until(durable.now() + seconds * 999)',
    clause: { number: 34, title: 'a sleep is rounded up to whole seconds; one of nothing is none' },
  },
  {
    name: 'retries in lanes do not wait',
    file: 'stops.ts',
    from: 'yield* either(timer);',
    to: 'if (due - durable.now() > 5_000) yield* either(timer); else return;',
    clause: { number: 16, title: 'delays are whole seconds, rounded up, growing by the rate up to the cap' },
  },
  {
    name: 'values that the workflow looks into are put aside',
    file: 'stand-in.ts',
    from: '.filter(([, { lookedAt, reads }]) => !lookedAt && reads.length === 0)',
    to: '',
    also: ['const INLINE = 46_080;', 'const INLINE = 4;'],
  },
  {
    name: 'what was put aside is not counted',
    file: 'stand-in.ts',
    from: "'x'.repeat(Math.max(0, (bytes as number) - byteLength(empty)))",
    to: "'x'",
    clause: { number: 41, title: 'what is still needed is bounded together, uncatchable' },
  },
  {
    name: 'what was put aside does not come back in the output',
    file: 'orchestrate.ts',
    from: 'if (!hasStandIns(output)) return',
    to: 'if (output !== undefined) return',
    clause: { number: 29, title: 'a value of exactly the limit passes' },
  },
  {
    name: 'an event is taken twice',
    file: 'waits.ts',
    from: 'return dataOf(arrival);\n        }\n        const timer',
    to: 'left.set(name, [arrival]);\n          return dataOf(arrival);\n        }\n        const timer',
  },
];

/** Always the same: how many cases it takes is a measure, to be compared between versions of the generator. */
const sample = fc.sample(cases, { seed: 20_260_101, numRuns: 1_000 });

hunt({ what: 'the orchestrator', bugs: BUGS, sample, plant: plantedOrchestrator, innocent: 150 });
