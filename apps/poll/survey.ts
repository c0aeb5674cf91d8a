import { Failure } from 'skein';
import { isLost } from '../is-named.ts';
import { hashOf, randomId } from '../owner-token.ts';
import type { Gates } from './gates.ts';
import { noPoll } from './no-poll.ts';
import type { Edit, Question } from './question.ts';
import type { ResultsReader } from './results.ts';
import { type Poll, type PollFields, partitionOf, type Stores, shardsOf } from './tables.ts';

export interface Survey {
  /** @returns the poll's id and its owner's token, which is told this once. */
  create(question: Question): Promise<{ id: string; owner: string }>;
  /** @throws `NotFound`; `Unauthorized` where it is not the owner's token. */
  requireOwner(id: string, token: string | undefined): Promise<void>;
  /** @throws `Conflict` where options would change that somebody voted for. */
  edit(id: string, edit: Edit): Promise<void>;
  open(id: string): Promise<void>;
  /** When it returns the results are final, until the poll is opened again. */
  close(id: string): Promise<void>;
  /** Its votes too. What was broken off is gone on with when it is asked for again. */
  remove(id: string): Promise<void>;
  list(cursor?: string): Promise<{ items: { id: string; title: string; state: string }[]; next?: string }>;
}

/** Counters of a poll: one document takes as many writes a second as a store can order, several take several times that. */
const SHARDS = 16;
const ATTEMPTS = 10;
/** What has to be known of a deleted poll, until nobody remembers that it was open. */
const TOMBSTONE_MS = 86_400_000;
/** Writes of one transaction. */
const BATCH = 25;

export function surveyOf(stores: Stores, gates: Gates, results: ResultsReader): Survey {
  const { polls, votes } = stores;

  /** A deleted poll is found here, so that its deletion can go on. */
  const read = async (id: string): Promise<{ poll: Poll; version: string }> => {
    const found = await polls.get({ partition: 'polls', id });
    if (found === undefined) throw noPoll(id);
    return { poll: { id, ...found.value }, version: found.version };
  };

  /** Writes what `next` makes of a poll; where it makes the same poll of it nothing is written. */
  const change = async (id: string, next: (poll: Poll) => Poll, expiresAt?: Date): Promise<Poll> => {
    for (let n = 0; n < ATTEMPTS; n++) {
      const { poll, version } = await read(id);
      const changed = next(poll);
      if (changed === poll) return poll;
      const { id: _, ...value } = changed;
      try {
        const life = expiresAt === undefined ? {} : { expiresAt };
        await polls.replace({ partition: 'polls', id }, value, { ifMatch: version, ...life });
        return changed;
      } catch (error) {
        if (!isLost(error)) throw error;
      } finally {
        results.forget(id);
      }
    }
    throw new Failure({ name: 'Unavailable', message: 'too many changes of this poll at once' });
  };
  const changeThere = (id: string, next: (poll: Poll) => Poll): Promise<Poll> =>
    change(id, (poll) => {
      if (poll.state === 'deleted') throw noPoll(id);
      return next(poll);
    });
  const turnTo = async (id: string, state: 'open' | 'closed'): Promise<Poll> => {
    const poll = await changeThere(id, (poll) =>
      poll.state === state ? poll : { ...poll, state, revision: poll.revision + 1 },
    );
    // Even where nothing changed: whoever changed it may not have come so far.
    await gates.renew(poll);
    results.forget(id);
    return poll;
  };

  /** Voting is stopped while the options change, so that no vote comes in between. */
  const editOptions = async (id: string, texts: readonly string[], title: string | undefined): Promise<void> => {
    const { poll: before, shown } = await results.fresh(id);
    if (shown.votes > 0) throw voted();
    const stopped = await turnTo(id, 'closed');
    const { votes: late } = (await results.fresh(id)).shown;
    await changeThere(id, (poll) => {
      if (poll.revision !== stopped.revision)
        throw new Failure({ name: 'Conflict', message: 'the poll was opened or closed meanwhile' });
      const edited = late > 0 ? poll : { ...withOptions(poll, texts), ...(title !== undefined && { title }) };
      return before.state === 'open' ? { ...edited, state: 'open', revision: poll.revision + 1 } : edited;
    });
    if (late > 0) throw voted();
  };

  const sweep = async (poll: Poll, shard: number): Promise<void> => {
    const partition = partitionOf(poll, shard);
    for (const prefix of ['ballot/', 'count'])
      for (;;) {
        const { items } = await votes.query(partition, { prefix, limit: BATCH });
        if (items.length === 0) break;
        await votes.transact(
          partition,
          items.map(({ id }) => ({ kind: 'delete', id })),
        );
      }
  };

  return {
    async create({ title, options }) {
      const [id, owner] = [randomId(), randomId()];
      const blank: PollFields = {
        title,
        options: [],
        nextOption: 1,
        state: 'open',
        revision: 1,
        shards: SHARDS,
        owner: await hashOf(owner),
        createdAt: new Date().toISOString(),
      };
      const { id: _, ...value } = withOptions({ id, ...blank }, options);
      await polls.create({ partition: 'polls', id }, value);
      return { id, owner };
    },
    async requireOwner(id, token) {
      const { poll } = await read(id);
      // Both are hashes: how long it takes to compare them tells nothing of a token.
      if (token !== undefined && poll.owner === (await hashOf(token))) return;
      if (poll.state === 'deleted') throw noPoll(id);
      throw new Failure({
        name: 'Unauthorized',
        message: "this needs the owner's token: Authorization: Bearer <token>",
      });
    },
    async edit(id, { title, options }) {
      const { options: known } = await results.poll(id);
      const same = options === undefined || sameTexts(known, options);
      if (!same) return editOptions(id, options, title);
      await changeThere(id, (poll) => (title === undefined || title === poll.title ? poll : { ...poll, title }));
    },
    open: async (id) => void (await turnTo(id, 'open')),
    close: async (id) => void (await turnTo(id, 'closed')),
    async remove(id) {
      const expiresAt = new Date(Date.now() + TOMBSTONE_MS);
      const poll = await change(
        id,
        (poll) =>
          poll.state === 'deleted'
            ? poll
            : { ...poll, title: '', options: [], state: 'deleted', revision: poll.revision + 1 },
        expiresAt,
      );
      await gates.renew(poll);
      for (const shard of shardsOf(poll)) {
        await sweep(poll, shard);
        await gates.expire(poll, shard, expiresAt);
      }
    },
    async list(cursor) {
      const { items, next } = await polls.query('polls', { ...(cursor !== undefined && { cursor }) });
      const there = items.filter(({ value }) => value.state !== 'deleted');
      return {
        items: there.map(({ id, value: { title, state } }) => ({ id, title, state })),
        ...(next !== undefined && { next }),
      };
    },
  };
}

function voted(): Failure {
  return new Failure({
    name: 'Conflict',
    message: 'options: somebody has voted, so that only the title can change',
    data: { field: 'options' },
  });
}

function sameTexts(options: Poll['options'], texts: readonly string[]): boolean {
  return options.length === texts.length && options.every(({ text }, index) => text === texts[index]);
}

/** Options keep their ids where their texts stay. */
function withOptions(poll: Poll, texts: readonly string[]): Poll {
  let { nextOption } = poll;
  const options = texts.map(
    (text) => poll.options.find((option) => option.text === text) ?? { id: nextOption++, text },
  );
  return { ...poll, options, nextOption };
}
