import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Dev } from '../../handlers/local/dev.ts';

type Ask = (path: string, init?: RequestInit) => Promise<Response>;

export interface Created {
  readonly id: string;
  readonly owner: string;
  readonly url: string;
  readonly upload: { readonly url: string; readonly method: string; readonly headers: Record<string, string> };
}
export interface Seen {
  readonly id: string;
  readonly state: 'waiting' | 'checking' | 'published' | 'refused';
  readonly title: string;
  readonly reason?: string;
  readonly width?: number;
  readonly height?: number;
  readonly variants?: Readonly<
    Record<string, { url: string; type: string; width: number; height: number; bytes: number }>
  >;
}

export const bearer = (owner: string) => ({ headers: { authorization: `Bearer ${owner}` } });

/** The app, as a program uses it over HTTP. */
export function sharing(request: Ask) {
  const create = async (bytes: number, type = 'image/jpeg', title = 'A picture', owner?: string): Promise<Created> => {
    const body = JSON.stringify({ title, type, bytes });
    const response = await request('/photos', { method: 'POST', body, ...(owner !== undefined && bearer(owner)) });
    expect(response.status).toBe(201);
    const created = (await response.json()) as Created;
    return owner === undefined ? created : { ...created, owner };
  };
  const put = ({ upload: { url, method, headers } }: Created, body: Buffer): Promise<Response> =>
    request(pathOf(url), { method, headers, body: new Uint8Array(body) });
  const see = async ({ id, owner }: Created): Promise<Seen> =>
    (await (await request(`/photos/${id}`, bearer(owner))).json()) as Seen;
  const over = async (created: Created): Promise<Seen> => {
    for (let pause = 10; ; pause = Math.min(pause * 1.3, 300)) {
      const seen = await see(created);
      if (seen.state !== 'waiting' && seen.state !== 'checking') return seen;
      await sleep(pause);
    }
  };
  return {
    request,
    create,
    put,
    see,
    /** The photo when it is published or refused. */
    over,
    share: async (bytes: Buffer, type?: string, title?: string): Promise<Created & Seen> => {
      const created = await create(bytes.byteLength, type, title);
      expect((await put(created, bytes)).status).toBe(201);
      return { ...created, ...(await over(created)) };
    },
    gallery: async (): Promise<Seen[]> => ((await (await request('/photos')).json()) as { items: Seen[] }).items,
    remove: (id: string, owner: string): Promise<Response> =>
      request(`/photos/${id}`, { method: 'DELETE', ...bearer(owner) }),
  };
}

export const ORIGIN = 'http://127.0.0.1:3000';

export function sharingIn(room: Dev) {
  return sharing((path, init) => room.fetch(new Request(ORIGIN + path, init)));
}

export function pathOf(url: string): string {
  const { pathname, search } = new URL(url, ORIGIN);
  return pathname + search;
}

export const problemOf = async (response: Response) => {
  const { code, field } = (await response.json()) as { code: string; field?: string };
  return [response.status, code, field];
};
