import { randomUUID } from 'node:crypto';
import { expect, vi } from 'vitest';
import { z } from 'zod';
import {
  type App,
  app,
  bucket,
  type Clients,
  consume,
  type ObjectEvent,
  onObject,
  queue,
  step,
  type TriggerContext,
  table,
  type Uses,
  workflow,
} from '../../core/index.ts';
import { lawSuite } from './law-suite.ts';

export interface TriggerRoom {
  readonly name: string;
  /** Serves the app, whose resources nobody has used before. */
  open(app: App): Promise<OpenApp>;
  /** Laws that this room breaks, by their titles, each with the reason. They must fail, or the deviation is out of date. */
  readonly deviations?: Readonly<Record<string, string>>;
}
export interface OpenApp {
  /** What a function of the app would get. */
  clients<U extends Uses>(uses: U): Clients<U>;
  close(): Promise<void>;
}

type Seen = { readonly message: unknown } & Pick<TriggerContext, 'idempotencyKey' | 'attempt'>;
type Law = (open: (app: App) => Promise<OpenApp>, suffix: string) => Promise<void>;

const PATIENCE = { timeout: 90_000, interval: 20 };
const until = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, PATIENCE);

const laws: Readonly<Record<string, Law>> = {
  async 'a message reaches its consumer with its key'(open, suffix) {
    const { jobs, seen, room } = await collecting(open, suffix);
    const [first, second] = [await room.jobs.send({ n: 1 }), await room.jobs.send({ n: 2 }, { key: `mine.${suffix}` })];
    expect(first.id).not.toBe(second.id);
    await until(() => expect(seen).toHaveLength(2));
    expect(seen.toSorted((a, b) => number(a) - number(b))).toEqual([
      { message: { n: 1 }, idempotencyKey: first.id, attempt: 1 },
      { message: { n: 2 }, idempotencyKey: `mine.${suffix}`, attempt: 1 },
    ]);
    expect(jobs.attempts).toBe(3);
  },

  async 'of a batch, only what failed comes again, with the same key'(open, suffix) {
    const { seen, room } = await collecting(open, suffix, ({ n }, { attempt }) => {
      if (n % 3 === 0 && attempt === 1) throw new Error('not yet');
    });
    await room.jobs.sendBatch(Array.from({ length: 20 }, (_, n) => ({ message: { n }, key: `k${n}` })));
    await until(() => expect(seen).toHaveLength(27));
    const again = seen.filter(({ attempt }) => attempt > 1);
    expect(again.map(({ idempotencyKey }) => idempotencyKey).sort()).toEqual(
      [0, 3, 6, 9, 12, 15, 18].map((n) => `k${n}`).sort(),
    );
    await until(async () => expect(await room.jobs.depth()).toEqual({ ready: 0, inFlight: 0, dead: 0 }));
  },

  async 'what fails each time is a dead letter with its last error, and a redrive tries it again'(open, suffix) {
    let broken = true;
    const { seen, room } = await collecting(open, suffix, () => {
      if (broken) throw Object.assign(new Error('no luck'), { name: 'Unlucky', data: { by: 13 } });
    });
    await room.jobs.send({ n: 7 }, { key: 'seven' });
    const dead = await until(async () => {
      const letters = await room.jobs.dead();
      expect(letters).toHaveLength(1);
      return letters[0]!;
    });
    expect(dead).toMatchObject({
      key: 'seven',
      message: { n: 7 },
      error: { name: 'Unlucky', message: 'no luck', data: { by: 13 } },
    });
    expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    broken = false;
    expect(await room.jobs.redrive()).toBe(1);
    await until(() => expect(seen).toHaveLength(4));
    expect(seen[3]).toEqual({ message: { n: 7 }, idempotencyKey: 'seven', attempt: 1 });
  },

  async 'poison is a dead letter at once, and disturbs nobody'(open, suffix) {
    const { seen, room, jobs } = await collecting(open, suffix);
    const raw = room.clients({ jobs: queue(jobs.name, { attempts: 3 }).write }).jobs;
    await raw.sendBatch([{ message: { n: 'one' } }, { message: null }, { message: { n: 2 } }, { message: [3] }]);
    await until(async () => expect(await room.jobs.dead()).toHaveLength(3));
    for (const { error } of await room.jobs.dead()) expect(error).toMatchObject({ name: 'InvalidInput' });
    await until(() => expect(seen.map(({ message }) => message)).toEqual([{ n: 2 }]));
  },

  async 'no more are at work than were allowed'(open, suffix) {
    let now = 0;
    let most = 0;
    const { seen, room } = await collecting(
      open,
      suffix,
      async () => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 20));
        now--;
      },
      { concurrency: 3 },
    );
    await room.jobs.sendBatch(Array.from({ length: 30 }, (_, n) => ({ message: { n } })));
    await until(() => expect(seen).toHaveLength(30));
    expect(most).toBeLessThanOrEqual(3);
    expect(most).toBeGreaterThan(1);
  },

  async 'a consumer that starts a workflow by its key starts it once, however often it is called'(open, suffix) {
    const done: unknown[] = [];
    const note = step('note', { input: z.object({ n: z.number() }), run: ({ n }) => void done.push(n) });
    const noting = workflow(`note-${suffix}`, {
      input: z.object({ n: z.number() }),
      run: (input) => note({ n: input.n }),
    });
    const { seen, room } = await collecting(
      open,
      suffix,
      async ({ n }, { attempt, idempotencyKey, noting: runs }) => {
        await runs.start({ n }, { id: idempotencyKey });
        if (attempt < 3) throw new Error('after the start');
      },
      { uses: { noting: noting.start }, workflows: [noting] },
    );
    await room.jobs.send({ n: 4 });
    await until(() => expect(seen).toHaveLength(3));
    await until(() => expect(done).toEqual([4]));
  },

  async 'an object that is put is an event, within prefix and suffix, and each put has a key of its own'(open, suffix) {
    const photos = bucket(`photos-${suffix}`);
    const events: { event: ObjectEvent; key: string }[] = [];
    const trigger = onObject(photos, {
      name: `on-${suffix}`,
      prefix: 'in/',
      suffix: '.jpg',
      run: (event, { idempotencyKey }) => void events.push({ event, key: idempotencyKey }),
    });
    const opened = await open(app(`photos-${suffix}`, { triggers: [trigger] }));
    const { photos: client } = opened.clients({ photos: photos.all });
    const hostile = 'in/ü & 100%+#?.jpg';
    const first = await client.put('in/a.jpg', 'one');
    for (const key of ['out/a.jpg', 'in/a.png', 'a.jpg']) await client.put(key, 'other');
    await client.put(hostile, 'two');
    await until(() => expect(new Set(events.map(({ event }) => event.key))).toEqual(new Set(['in/a.jpg', hostile])));
    expect(events.find(({ event }) => event.key === 'in/a.jpg')?.event).toEqual({
      key: 'in/a.jpg',
      size: 3,
      etag: first.etag,
    });
    await client.delete('in/a.jpg');
    await client.put('in/a.jpg', 'one');
    await until(() => expect(new Set(events.map(({ key }) => key)).size).toBe(3));
    for (const { key } of events) expect(key).toMatch(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$/);
  },

  async 'an object whose code fails comes again'(open, suffix) {
    const photos = bucket(`photos-${suffix}`);
    const attempts: number[] = [];
    const trigger = onObject(photos, {
      name: `on-${suffix}`,
      run: (_, { attempt }) => {
        attempts.push(attempt);
        if (attempt < 3) throw new Error('later');
      },
    });
    const opened = await open(app(`photos-${suffix}`, { triggers: [trigger] }));
    await opened.clients({ photos: photos.write }).photos.put('a', 'one');
    await until(() => expect(attempts).toEqual([1, 2, 3]));
  },

  async 'every one of 300 messages sent twice has its effect once, where the consumer goes by its key'(open, suffix) {
    const effects = table(`effects-${suffix}`, { document: z.object({ n: z.number() }) });
    const { room } = await collecting(
      open,
      suffix,
      async ({ n }, { idempotencyKey, effects: written }) => {
        const once = [
          { kind: 'create', id: idempotencyKey, value: { n } },
          { kind: 'add', id: 'sum', amounts: { n }, otherwise: { n: 0 } },
        ] as const;
        await written.transact('all', once).catch((error: unknown) => {
          if ((error as Error).name !== 'PreconditionFailed') throw error;
        });
      },
      { uses: { effects: effects.all } },
    );
    const messages = Array.from({ length: 300 }, (_, n) => ({ message: { n }, key: `m${n}` }));
    await Promise.all([room.jobs.sendBatch(messages), room.jobs.sendBatch(messages.toReversed())]);
    await until(async () => expect(await room.jobs.depth()).toEqual({ ready: 0, inFlight: 0, dead: 0 }));
    const sum = await room.clients({ effects: effects.read }).effects.get({ partition: 'all', id: 'sum' });
    expect(sum?.value).toEqual({ n: (299 * 300) / 2 });
  },
};

/** The laws of triggers, one test each. Every room calls this; `schedule` needs a clock and is each room's own test. */
export function triggersSuite({ name, open, deviations = {} }: TriggerRoom): void {
  lawSuite<OpenApp, Law>({
    title: `triggers: ${name}`,
    laws,
    deviations,
    run: (law, opener) => law((one) => opener(() => open(one)), randomUUID().slice(0, 8)),
  });
}

interface Extra<U extends Uses> {
  readonly uses?: U;
  readonly workflows?: NonNullable<Parameters<typeof app>[1]['workflows']>;
  readonly concurrency?: number;
}

/** An app with one queue, whose consumer notes what it sees and then does `work`. */
// biome-ignore lint/complexity/noBannedTypes: `{}` is what Clients<> gives for no uses
async function collecting<U extends Uses = {}>(
  open: (app: App) => Promise<OpenApp>,
  suffix: string,
  work: (message: { n: number }, context: TriggerContext & Clients<U>) => unknown = () => undefined,
  { uses, workflows = [], concurrency = 10 }: Extra<U> = {},
) {
  const jobs = queue(`jobs-${suffix}`, { message: z.object({ n: z.number() }), attempts: 3 });
  const seen: Seen[] = [];
  const trigger = consume(jobs, {
    concurrency,
    ...(uses && { uses }),
    run: async (message, context) => {
      const { idempotencyKey, attempt } = context;
      seen.push({ message, idempotencyKey, attempt });
      await work(message, context as TriggerContext & Clients<U>);
    },
  });
  const opened = await open(app(`jobs-${suffix}`, { triggers: [trigger], workflows }));
  const clients = opened.clients.bind(opened);
  return { jobs, seen, room: { clients, ...clients({ jobs: jobs.all }) } };
}

function number({ message }: Seen): number {
  return (message as { n: number }).n;
}
