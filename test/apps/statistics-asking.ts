import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { StatisticsAnswer } from '../../apps/statistics/resources.ts';
import { statistics } from '../../apps/statistics/statistics.ts';
import type { Dev } from '../../handlers/local/dev.ts';

type Numbers = readonly (number | string)[];

/** The app's two steps, over the HTTP interface of a room. */
export function asking(request: (path: string, init?: RequestInit) => Promise<Response>) {
  const post = (body: string, type = 'application/json'): Promise<Response> =>
    request('/statistics', { method: 'POST', body, headers: { 'content-type': type } });
  return {
    request,
    post,
    /** Sends a list; the id of the request. */
    async ask(numbers: Numbers): Promise<string> {
      const response = await post(JSON.stringify({ numbers }));
      expect(response.status).toBe(202);
      return ((await response.json()) as { id: string }).id;
    },
    /** The answer when it is there. */
    async answerOf(id: string): Promise<StatisticsAnswer> {
      for (let pause = 10; ; pause = Math.min(pause * 1.5, 500)) {
        const response = await request(`/statistics/${id}`);
        const found = (await response.json()) as StatisticsAnswer;
        if (response.status !== 202) return found;
        await sleep(pause);
      }
    },
  };
}

/** The same of a room in this process, with and without its key. */
export function askingRoom(room: Dev) {
  const request = (path: string, init?: RequestInit): Promise<Response> =>
    room.fetch(new Request(new URL(path, 'http://room'), init));
  const withKey = (path: string, init?: RequestInit): Promise<Response> =>
    request(path, { ...init, headers: { authorization: `Bearer ${room.adminKey}` } });
  return { ...asking(request), withKey };
}

/** What the answer to a list must be. */
export function expectedAnswer(id: string, numbers: Numbers): StatisticsAnswer {
  const list = numbers.map(BigInt);
  return { id, status: 'done', numbers: list.map(String), ...statistics(list) };
}
