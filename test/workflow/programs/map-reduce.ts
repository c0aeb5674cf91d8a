import { z } from 'zod';
import { map, step, workflow } from '../../../core/index.ts';

const split = step('split', {
  input: z.object({ prefix: z.string(), parts: z.number() }),
  output: z.array(z.object({ key: z.string(), from: z.number(), to: z.number() })),
  run: ({ prefix, parts }) =>
    Array.from({ length: parts }, (_, i) => ({ key: `${prefix}${i}`, from: i * 100, to: i * 100 + 100 })),
});
const mapper = step('mapper', {
  input: z.object({ key: z.string(), from: z.number(), to: z.number(), reducers: z.number() }),
  output: z.array(z.object({ partition: z.number(), key: z.string() })),
  retry: { attempts: 3, on: ['TransientError'] },
  timeout: 60,
  run: ({ key, reducers }) =>
    Array.from({ length: reducers }, (_, partition) => ({ partition, key: `${key}/${partition}` })),
});
const shuffle = step('shuffle', {
  input: z.object({ mapped: z.array(z.array(z.object({ partition: z.number(), key: z.string() }))) }),
  output: z.array(z.object({ partition: z.number(), keys: z.array(z.string()) })),
  run: ({ mapped }) =>
    [...Map.groupBy(mapped.flat(), (one) => one.partition)].map(([partition, all]) => ({
      partition,
      keys: all.map((one) => one.key),
    })),
});
const reducer = step('reducer', {
  input: z.object({ keys: z.array(z.string()) }),
  output: z.object({ key: z.string(), count: z.number() }),
  run: ({ keys }) => ({ key: keys.join('+'), count: keys.length }),
});

/** The shape of a MapReduce job: the shuffle hands over references, so nothing big passes through the engine. */
export default workflow('map-reduce', {
  description: 'Count words of many objects',
  input: z.object({ prefix: z.string(), parts: z.number().default(2), reducers: z.number().default(2) }),
  run(input) {
    const splits = split({ prefix: input.prefix, parts: input.parts });
    const mapped = map(
      splits,
      (part) => mapper({ key: part.key, from: part.from, to: part.to, reducers: input.reducers }),
      { concurrency: 100 },
    );
    const results = map(shuffle({ mapped }), (part) => reducer({ keys: part.keys }));
    return { splits: splits.length, results };
  },
});
