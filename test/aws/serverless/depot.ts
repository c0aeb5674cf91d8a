import {
  app,
  bucket,
  consume,
  http,
  large,
  onObject,
  queue,
  schedule,
  secret,
  step,
  table,
  waitFor,
  workflow,
} from 'skein';
import { z } from 'zod';

const parcels = bucket('parcels');
const orders = queue('orders', { attempts: 3 });
const stock = table('stock');
const key = secret('carrier-key');

const Order = z.object({ id: z.string() });

const weigh = step('weigh', { input: Order, timeout: 20, uses: { stock: stock.read }, run: ({ id }) => id.length });
const label = step('print label', {
  input: z.object({ id: z.string() }),
  output: large(z.string()),
  isolate: 'cpu',
  uses: { parcels: parcels.write, key: key.read },
  run: ({ id }) => `Parcel ${id}`,
});
const send = step('send', { input: z.object({ label: z.unknown() }), uses: { orders: orders.write }, run: () => null });

const ship = workflow('ship', {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that this reaches Step Functions as it is, is what is tested
  description: 'Ships what ${Somebody} ordered',
  input: Order,
  run(order) {
    const weight = weigh({ id: order.id });
    const paid = waitFor('paid', { schema: z.object({ by: z.string() }), timeout: 60 });
    const printed = label({ id: order.id });
    send({ label: printed });
    return { weight, by: paid.by };
  },
});

const routes = http('depot', {
  uses: { orders: orders.write, stock: stock.all },
  routes: (api) => api.get('/depot', (c) => c.json({ open: true })),
});

/** An app with one of everything that can be declared. */
export default app('depot', {
  workflows: [ship],
  http: [routes],
  triggers: [
    consume(orders, { uses: { ship: ship.start }, timeout: 100, run: () => undefined }),
    onObject(parcels, { prefix: 'in/', suffix: '.json', uses: { parcels: parcels.read }, run: () => undefined }),
    schedule('*/15 6-18 1 * mon', {
      name: 'count-stock',
      attempts: 2,
      uses: { stock: stock.read },
      run: () => undefined,
    }),
  ],
});
