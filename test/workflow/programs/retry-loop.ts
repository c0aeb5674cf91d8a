import { z } from 'zod';
import { fail, length, lt, or, repeat, sleep, step, when, workflow } from '../../../core/index.ts';

const submit = step('submit', {
  input: z.object({ job: z.string() }),
  output: z.object({ ticket: z.string() }),
  run: ({ job }) => ({ ticket: `ticket-${job}` }),
});
const poll = step('poll', {
  input: z.object({ ticket: z.string(), round: z.number() }),
  output: z.object({ done: z.boolean(), failed: z.boolean(), lines: z.array(z.string()) }),
  retry: { attempts: 5, seconds: 2, rate: 1.5, cap: 30, not: ['NotFound'] },
  run: ({ round }) => ({
    done: round >= 2,
    failed: false,
    lines: Array.from({ length: round }, (_, i) => `line ${i}`),
  }),
});

/** Asks again until a job elsewhere is over: a loop with an end, a pause and a verdict. */
export default workflow('retry-loop', {
  input: z.object({ job: z.string() }),
  run(input) {
    const { ticket } = submit({ job: input.job });
    const last = repeat(
      { done: false, failed: false, lines: [] as string[] },
      (_, round) => {
        sleep(10);
        return poll({ ticket, round });
      },
      { max: 20, until: (state) => or(state.done, state.failed) },
    );
    when(last.failed, () => fail('JobFailed', 'the job failed', { ticket }));
    when(lt(length(last.lines), 1), () => fail('NoOutput'));
    return last.lines;
  },
});
