import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../../core/json.ts';
import type { RunStatus } from '../../core/workflow/runs.ts';

/** Where the example apps are served, by whichever room. */
export interface Site {
  readonly url: string;
  /** The admin key. */
  readonly key: string;
}

/** What is asked of the apps over HTTP. Ids, addresses and times are no part of an answer, so that two rooms can be compared. */
export interface Question {
  readonly title: string;
  ask(site: Site): Promise<Json>;
}

export function request({ url }: Site, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(new URL(path, url), init);
}

export function post(site: Site, path: string, body: Json): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return request(site, path, { method: 'POST', headers, body: JSON.stringify(body) });
}

export function withKey({ key }: Site, init: RequestInit = {}): RequestInit {
  return { ...init, headers: { ...init.headers, authorization: `Bearer ${key}` } };
}

export async function start(site: Site, workflow: string, input: Json, id: string): Promise<number> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': id };
  const init = withKey(site, { method: 'POST', headers, body: JSON.stringify(input) });
  return (await request(site, `/workflows/${workflow}/runs`, init)).status;
}

export async function over(site: Site, id: string): Promise<RunStatus> {
  return found(async () => {
    const answer = await request(site, `/runs/${id}`, withKey(site));
    const status = (await answer.json()) as RunStatus;
    if (!answer.ok) throw new Error(`/runs/${id}: ${answer.status} ${JSON.stringify(status)}`);
    return status.status === 'running' ? undefined : status;
  });
}

/** What `look` finds, as soon as it finds something. A deployment is asked gently. */
export async function found<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    await sleep(50);
  }
}

/** Step calls by their keys: which of them start first is for the room to say. */
export async function stepsOf(site: Site, id: string): Promise<Json> {
  const all: [key: string, step: string, status: string][] = [];
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    const answer = await request(site, `/runs/${id}/steps${query}`, withKey(site));
    const { items, next } = (await answer.json()) as {
      items: { key: string; step: string; status: string }[];
      next?: string;
    };
    all.push(...items.map(({ key, step, status }) => [key, step, status] as [string, string, string]));
    cursor = next;
  } while (cursor !== undefined);
  return all.sort(([a], [b]) => (a < b ? -1 : 1));
}

const CHANGING = ['id', 'createdAt', 'askedAt', 'answeredAt', 'url', 'owner'];

export async function withoutTimes(answer: Response): Promise<Json> {
  return [answer.status, withoutChanging((await answer.json()) as Record<string, Json>)];
}

export function withoutChanging(body: Readonly<Record<string, Json>>): Json {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !CHANGING.includes(name)));
}

export async function answerOf(answer: Promise<Response>): Promise<Json> {
  const { status, headers } = await answer;
  const body = (await (await answer).json()) as Json;
  return [status, headers.get('content-type'), body];
}

export function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
