import { z } from 'zod';
import { attempt, eq, fail, gt, step, waitFor, when, workflow } from '../../../core/index.ts';

const ask = step('ask', { input: z.object({ who: z.string(), amount: z.number() }), run: () => null });
const remind = step('remind', { input: z.object({ who: z.string() }), run: () => null });
const pay = step('pay', {
  input: z.object({ amount: z.number(), note: z.string().nullable() }),
  output: z.object({ receipt: z.string() }),
  run: ({ amount }) => ({ receipt: `paid ${amount}` }),
});
const decision = z.object({ verdict: z.enum(['yes', 'no']), note: z.string().optional() });

/** A person decides; after a day somebody else may, and after two nobody has. */
export default workflow('approval', {
  input: z.object({ amount: z.number(), manager: z.string(), deputy: z.string() }),
  run(input) {
    return when(
      gt(input.amount, 100),
      () => {
        ask({ who: input.manager, amount: input.amount });
        const answer = attempt(
          () => waitFor('decision', { timeout: 86_400, schema: decision }),
          () => {
            remind({ who: input.deputy });
            return waitFor('decision', { timeout: 86_400, schema: decision });
          },
          { on: ['Timeout'] },
        );
        when(eq(answer.verdict, 'no'), () => fail('Refused', 'the manager said no', { note: answer.note }));
        return pay({ amount: input.amount, note: answer.note });
      },
      () => pay({ amount: input.amount, note: null }),
    );
  },
});
