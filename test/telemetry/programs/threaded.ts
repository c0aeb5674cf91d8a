import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { z } from 'zod';
import { app, step, workflow } from '../../../core/index.ts';

/** In a thread, with a span of its own and a log line. */
const compute = step('compute', {
  input: z.string(),
  isolate: 'cpu',
  run: (gate, { log }) => {
    trace.getTracer('mine').startSpan('inside').end();
    log('computing');
    return gate;
  },
});
/** Until the file is there. */
const hold = step('hold', {
  input: z.string(),
  run: async (gate, { signal }) => {
    while (!existsSync(gate)) await sleep(10, undefined, { signal });
    return true;
  },
});

export default app('threaded', {
  workflows: [workflow('threaded', { input: z.string(), run: (gate) => hold(compute(gate)) })],
  module: import.meta.url,
});
