import { z } from 'zod';
import { map, run, step, workflow } from '../../../core/index.ts';

const convert = step('convert', {
  input: z.object({ amount: z.number(), to: z.string() }),
  output: z.object({ amount: z.number(), rate: z.number() }),
  run: ({ amount }) => ({ amount: amount * 2, rate: 2 }),
});
const round = step('round', { input: z.number(), output: z.number(), run: (value) => Math.round(value) });

const exchange = workflow('exchange', {
  input: z.object({ amount: z.number(), currency: z.string() }),
  run: (input) => round(convert({ amount: input.amount, to: input.currency }).amount),
});

/** One child twice, and once for each item: it is copied in, with ids of its own, and sees nothing of its parent. */
export default workflow('children', {
  input: z.object({ price: z.number(), fees: z.array(z.number()) }),
  run(input) {
    const euro = run(exchange, { amount: input.price, currency: 'EUR' });
    const again = run(exchange, { amount: euro, currency: 'USD' });
    const fees = map(input.fees, (amount) => run(exchange, { amount, currency: 'EUR' }));
    return { euro, again, fees };
  },
});
