import { z } from 'zod';
import { compensate, step, workflow } from '../../../core/index.ts';

const order = z.object({ id: z.string(), amount: z.number() });
const booking = z.object({ reference: z.string() });
const reserve = step('reserve', { input: order, output: booking, run: ({ id }) => ({ reference: `stock-${id}` }) });
const release = step('release', { input: booking, run: () => null });
const charge = step('charge', {
  input: order,
  output: booking,
  run: ({ id, amount }) => {
    if (amount > 1000) throw Object.assign(new Error('the card was declined'), { name: 'Declined' });
    return { reference: `payment-${id}` };
  },
});
const refund = step('refund', { input: z.object({ reference: z.string(), why: z.string() }), run: () => null });
const ship = step('ship', {
  input: z.object({ stock: z.string(), payment: z.string() }),
  output: z.object({ parcel: z.string() }),
  run: ({ stock, payment }) => ({ parcel: `${stock}/${payment}` }),
});

/** Two stages that are undone in the opposite order, whatever fails behind them. */
export default workflow('saga', {
  input: order,
  run: (input) =>
    compensate(
      () => reserve(input),
      (stock) => release({ reference: stock.reference }),
      (stock) =>
        compensate(
          () => charge(input),
          (payment, error) => refund({ reference: payment.reference, why: error.message }),
          (payment) => ship({ stock: stock.reference, payment: payment.reference }),
        ),
    ),
});
