import { Hono } from 'hono';
import { checkedNumber } from '../checked-number.ts';
import { Failure, invalidInput } from '../error.ts';
import type { ResourceOf } from '../resources/access.ts';
import type { QueueClient } from '../resources/queue.ts';
import { readJson } from './body.ts';
import type { Keyring } from './keyring.ts';

/** Queues over HTTP, the same in every room: how full they are, their dead letters, and putting those back. */
export function queuesApi(
  queues: ReadonlyMap<string, ResourceOf<'queue'>>,
  open: (queue: ResourceOf<'queue'>) => QueueClient,
  keyring: Keyring,
): Hono {
  const api = new Hono();
  const queueNamed = (name: string): QueueClient => {
    const found = queues.get(name);
    if (found !== undefined) return open(found);
    throw new Failure({ name: 'NotFound', message: `no app declares a queue ${JSON.stringify(name)}` });
  };

  api.get('/queues', async (context) => {
    await keyring.requireKey(context);
    const items = [...queues.values()].map(async (queue) => ({ name: queue.name, ...(await open(queue).depth()) }));
    return context.json({ items: await Promise.all(items) });
  });

  api.get('/queues/:queue/dead', async (context) => {
    await keyring.requireKey(context);
    const { max } = context.req.query();
    const queue = queueNamed(context.req.param('queue'));
    return context.json({ items: await queue.dead(max === undefined ? {} : { max: Number(max) }) });
  });

  api.post('/queues/:queue/redrive', async (context) => {
    await keyring.requireKey(context);
    const queue = queueNamed(context.req.param('queue'));
    const body = await readJson(context.req.raw);
    if (body === null || typeof body !== 'object' || Array.isArray(body))
      throw invalidInput('body: must be a JSON object', 'body');
    const { max, ...rest } = body;
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) throw invalidInput(`${unknown}: no such field; known: max`, unknown);
    const options = max === undefined ? {} : { max: checkedNumber('max', max, 1, Number.MAX_SAFE_INTEGER) };
    return context.json({ redriven: await queue.redrive(options) });
  });

  return api;
}
