import { Hono } from 'hono';
import { beforeAll, describe, expect, test } from 'vitest';
import { poll } from '../../apps/poll/index.ts';
import { routesOf } from '../../apps/poll/routes.ts';
import { uses } from '../../apps/poll/tables.ts';
import { open } from '../../handlers/local/dev.ts';
import { bearer, clientOf, counts, problemOf, rooms, type Shown, serving, summed } from './polling.ts';

let served: Awaited<ReturnType<typeof serving>>;
beforeAll(async () => {
  served = await serving();
});

describe('votes', () => {
  test('a voter counts once, and a changed vote replaces the first', async () => {
    const { create, become, vote, fresh } = served;
    const made = await create();
    const [ada, grace] = [await become(made.id), await become(made.id)];
    for (const option of [1, 1, 2, 2]) expect((await vote(made.id, ada, option)).status).toBe(200);
    expect((await vote(made.id, grace, 1)).status).toBe(200);
    const shown = await fresh(made);
    expect([shown.votes, counts(shown)]).toEqual([2, [1, 1]]);
  });

  test('ten at once of each voter count once, and no reading has more votes than voters', async () => {
    const { room, create, become, vote, fresh } = served;
    const made = await create();
    const voters = await Promise.all(Array.from({ length: 60 }, () => become(made.id)));
    const clients = room.clients(uses);
    const seen: number[] = [];
    let over = false;
    const watch = async (): Promise<void> => {
      while (!over) {
        const { votes } = await summed(clients, made.id);
        seen.push(votes);
      }
    };
    const watching = watch();
    for (const [index, voter] of voters.entries()) {
      const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => vote(made.id, voter, 1 + (n % 2))));
      for (const { status } of answers) expect([200, 429]).toContain(status);
      expect(seen.at(-1) ?? 0).toBeLessThanOrEqual(index + 1);
    }
    over = true;
    await watching;
    expect(seen.length).toBeGreaterThan(1);
    for (const [index, votes] of seen.entries()) expect(votes).toBeGreaterThanOrEqual(seen[index - 1] ?? 0);
    const shown = await fresh(made);
    expect(shown.votes).toBe(60);
    expect(await summed(clients, made.id)).toEqual({ votes: 60, ballots: 60 });
  }, 60_000);

  test('a forged token, and one of another poll, is refused', async () => {
    const { create, become, vote } = served;
    const [one, other] = [await create(), await create()];
    const token = await become(one.id);
    const [voter, signature] = token.split('.') as [string, string];
    const forged = [
      '',
      voter,
      `${voter}.`,
      `.${signature}`,
      `${voter}.${'A'.repeat(43)}`,
      `${voter.startsWith('A') ? 'B' : 'A'}${voter.slice(1)}.${signature}`,
      `${token}A`,
    ];
    for (const wrong of forged)
      expect(await problemOf(await vote(one.id, wrong, 1))).toEqual([401, 'Unauthorized', 'voter']);
    expect(await problemOf(await vote(other.id, token, 1))).toEqual([401, 'Unauthorized', 'voter']);
    expect((await vote(one.id, token, 1)).status).toBe(200);
  });

  test('a closed poll refuses, an opened one goes on, and what closing answers is final', async () => {
    const { create, become, vote, post, send, fresh } = served;
    const made = await create();
    const voters = await Promise.all(Array.from({ length: 50 }, () => become(made.id)));
    const voting = voters.map((voter) => vote(made.id, voter, 1));
    const closed = (await (await post(`/polls/${made.id}/close`, {}, bearer(made.owner))).json()) as Shown;
    const statuses = (await Promise.all(voting)).map(({ status }) => status);
    expect(closed.state).toBe('closed');
    expect(statuses.filter((status) => status === 200)).toHaveLength(closed.votes);
    expect(await problemOf(await vote(made.id, voters[0]!, 2))).toEqual([409, 'Conflict', undefined]);
    expect((await fresh(made)).votes).toBe(closed.votes);
    expect(((await (await send(`/polls/${made.id}`)).json()) as Shown).state).toBe('closed');
    await post(`/polls/${made.id}/open`, {}, bearer(made.owner));
    for (const voter of voters) expect((await vote(made.id, voter, 2)).status).toBe(200);
    expect(counts(await fresh(made))).toEqual([0, 50]);
  });

  test('opening and closing at once leaves all shards of one mind', async () => {
    const { create, become, vote, post, fresh } = served;
    const made = await create();
    await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        post(`/polls/${made.id}/${n % 2 ? 'open' : 'close'}`, {}, bearer(made.owner)),
      ),
    );
    const { state } = await fresh(made);
    const voters = await Promise.all(Array.from({ length: 40 }, () => become(made.id)));
    const statuses = await Promise.all(voters.map(async (voter) => (await vote(made.id, voter, 1)).status));
    expect(new Set(statuses)).toEqual(new Set([state === 'open' ? 200 : 409]));
  });
});

describe('the key of the tokens', () => {
  test('is made once, by whichever process is first', async () => {
    const { room, create } = await serving();
    const { id } = await create();
    const stores = room.clients(uses);
    const processes = Array.from({ length: 8 }, () => routesOf().routes(new Hono(), stores));
    const tokens = await Promise.all(
      processes.map(async (api) => (await (await api.request(`/polls/${id}/voters`, { method: 'POST' })).json()).voter),
    );
    for (const [index, voter] of tokens.entries()) {
      const next = processes[(index + 1) % processes.length]!;
      const body = JSON.stringify({ voter, option: 1 });
      expect((await next.request(`/polls/${id}/votes`, { method: 'POST', body })).status).toBe(200);
    }
    expect((await stores.keys.query('poll')).items).toHaveLength(1);
  });

  test('is the secret where that is set', async () => {
    const room = await open(poll(), { env: { SKEIN_SECRET_POLL_KEY: 'a key of my own' } });
    rooms.push(room);
    const { create, become, vote } = clientOf((request) => room.fetch(request));
    const { id } = await create();
    expect((await vote(id, await become(id), 1)).status).toBe(200);
    expect((await room.clients(uses).keys.query('poll')).items).toEqual([]);
  });
});
