import { afterAll, expect } from 'vitest';
import type { PollOptions } from '../../apps/poll/desk.ts';
import { poll } from '../../apps/poll/index.ts';
import type { uses } from '../../apps/poll/tables.ts';
import type { Clients } from '../../core/index.ts';
import { type Dev, open } from '../../handlers/local/dev.ts';

/** Closed when the tests of the file are over. */
export const rooms: Dev[] = [];
afterAll(async () => {
  for (const room of rooms) await room.close();
});

export type Shown = {
  id: string;
  title: string;
  state: string;
  votes: number;
  options: { id: number; text: string; votes: number }[];
};
export interface Created {
  readonly id: string;
  readonly owner: string;
  readonly url: string;
}

export const ORIGIN = 'http://127.0.0.1:3000';

/** A room with the app alone. */
export async function serving(options: PollOptions = {}) {
  const room = await open(poll(options));
  rooms.push(room);
  return { room, ...clientOf((request) => room.fetch(request)) };
}

export function clientOf(fetch: (request: Request) => Promise<Response>) {
  const send = (path: string, init: RequestInit = {}): Promise<Response> => fetch(new Request(ORIGIN + path, init));
  const post = (path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Response> =>
    send(path, { method: 'POST', body: JSON.stringify(body), headers });
  const create = async (title = 'Tea?', options: readonly string[] = ['Yes', 'No']): Promise<Created> => {
    const response = await post('/polls', { title, options });
    expect(response.status).toBe(201);
    return (await response.json()) as Created;
  };
  return {
    send,
    post,
    create,
    become: async (id: string): Promise<string> =>
      ((await (await post(`/polls/${id}/voters`)).json()) as { voter: string }).voter,
    vote: (id: string, voter: string, option: number): Promise<Response> =>
      post(`/polls/${id}/votes`, { voter, option }),
    /** As the tables are: closing and editing answer what is, not what was a second ago. */
    fresh: async ({ id, owner }: Created, title = 'Tea?'): Promise<Shown> => {
      const response = await send(`/polls/${id}`, {
        method: 'PATCH',
        body: JSON.stringify({ title }),
        headers: bearer(owner),
      });
      expect(response.status).toBe(200);
      return (await response.json()) as Shown;
    },
  };
}
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
export const problemOf = async (response: Response) => {
  const { code, field } = (await response.json()) as { code: string; field?: string };
  return [response.status, code, field];
};
export const counts = ({ options }: Shown) => options.map(({ votes }) => votes);

/** Votes and ballots as the tables have them, straight from there. */
export async function summed({ votes }: Clients<typeof uses>, id: string): Promise<{ votes: number; ballots: number }> {
  let [total, ballots] = [0, 0];
  for (let shard = 0; shard < 16; shard++) {
    const partition = `${id}#${shard}`;
    const count = await votes.get({ partition, id: 'count' });
    total += Object.values(count?.value ?? {}).reduce((sum, one) => sum + one, 0);
    ballots += (await votes.query(partition, { prefix: 'ballot/', limit: 1_000 })).items.length;
  }
  return { votes: total, ballots };
}
