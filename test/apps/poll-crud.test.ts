import { beforeAll, describe, expect, test } from 'vitest';
import { uses } from '../../apps/poll/tables.ts';
import { hostileStrings } from '../support/hostile-strings.ts';
import { bearer, type Created, ORIGIN, problemOf, type Shown, serving, summed } from './polling.ts';

let served: Awaited<ReturnType<typeof serving>>;
beforeAll(async () => {
  served = await serving();
});

describe('polls', () => {
  test('are created, read, edited, listed and deleted', async () => {
    const { room, create, send, post, become, vote } = served;
    const made = await create('First?', ['A', 'B']);
    expect(made.url).toBe(`${ORIGIN}/apps/poll/${made.id}`);
    expect([made.id, made.owner].map((text) => /^[\w-]{22}$/.test(text))).toEqual([true, true]);
    const patch = (body: unknown, token = made.owner) =>
      send(`/polls/${made.id}`, { method: 'PATCH', body: JSON.stringify(body), headers: bearer(token) });
    const edited = (await (await patch({ title: 'Second?', options: ['B', 'C', 'D'] })).json()) as Shown;
    expect(edited).toMatchObject({ title: 'Second?', state: 'open', votes: 0 });
    expect(edited.options.map(({ id, text }) => [id, text])).toEqual([
      [2, 'B'],
      [3, 'C'],
      [4, 'D'],
    ]);

    const voter = await become(made.id);
    // A page from before the edit.
    expect(await problemOf(await vote(made.id, voter, 1))).toEqual([400, 'InvalidInput', 'option']);
    expect((await vote(made.id, voter, 3)).status).toBe(200);
    expect(await problemOf(await patch({ options: ['X', 'Y'] }))).toEqual([409, 'Conflict', 'options']);
    expect((await (await patch({ title: 'Third?', options: ['B', 'C', 'D'] })).json()) as Shown).toMatchObject({
      title: 'Third?',
      state: 'open',
      votes: 1,
    });

    const listed = await send('/polls', { headers: bearer(room.adminKey) });
    expect(((await listed.json()) as { items: { id: string }[] }).items.map(({ id }) => id)).toContain(made.id);
    expect((await send('/polls')).status).toBe(401);

    const remove = (token: string) => send(`/polls/${made.id}`, { method: 'DELETE', headers: bearer(token) });
    expect((await remove('A'.repeat(22))).status).toBe(401);
    expect((await remove(made.owner)).status).toBe(204);
    expect((await remove(made.owner)).status).toBe(204);
    expect((await send(`/polls/${made.id}`)).status).toBe(404);
    expect((await vote(made.id, voter, 3)).status).toBe(404);
    expect((await post(`/polls/${made.id}/voters`)).status).toBe(404);
    expect(await summed(room.clients(uses), made.id)).toEqual({ votes: 0, ballots: 0 });
  });

  test('are managed by nobody but their owner, and taken down with the admin key', async () => {
    const { room, create, send, post } = served;
    const [mine, other] = [await create(), await create()];
    for (const headers of [{}, bearer(other.owner), bearer('x'), bearer(`${mine.owner}x`)] as Record<
      string,
      string
    >[]) {
      for (const act of ['open', 'close'])
        expect((await post(`/polls/${mine.id}/${act}`, {}, headers)).status).toBe(401);
      const patched = await send(`/polls/${mine.id}`, { method: 'PATCH', body: '{"title":"x"}', headers });
      expect(patched.status).toBe(401);
    }
    expect((await post(`/polls/${mine.id}/take-down`, {}, bearer(mine.owner))).status).toBe(401);
    expect((await post(`/polls/${mine.id}/take-down`, {}, bearer(room.adminKey))).status).toBe(204);
    expect((await send(`/polls/${mine.id}`)).status).toBe(404);
  });

  test.each([
    [{ options: ['a', 'b'] }, 'title'],
    [{ title: '', options: ['a', 'b'] }, 'title'],
    [{ title: ' \t', options: ['a', 'b'] }, 'title'],
    [{ title: 'x'.repeat(201), options: ['a', 'b'] }, 'title'],
    [{ title: 'two\nlines', options: ['a', 'b'] }, 'title'],
    [{ title: 7, options: ['a', 'b'] }, 'title'],
    [{ title: 'x' }, 'options'],
    [{ title: 'x', options: ['a'] }, 'options'],
    [{ title: 'x', options: Array.from({ length: 21 }, (_, n) => `${n}`) }, 'options'],
    [{ title: 'x', options: ['a', 'a '] }, 'options'],
    [{ title: 'x', options: ['a', ''] }, 'options.1'],
    [{ title: 'x', options: ['a', 'y'.repeat(101)] }, 'options.1'],
  ])('%j is refused for its field', async (body, field) => {
    expect(await problemOf(await served.post('/polls', body))).toEqual([400, 'InvalidInput', field]);
  });

  test('a vote for what is no option is refused for its field', async () => {
    const { create, become, post, vote } = served;
    const { id } = await create();
    const voter = await become(id);
    for (const option of [0, 3, -1]) expect((await problemOf(await vote(id, voter, option)))[2]).toBe('option');
    for (const option of ['1', 1.5, null])
      expect(await problemOf(await post(`/polls/${id}/votes`, { voter, option }))).toEqual([
        400,
        'InvalidInput',
        'option',
      ]);
  });

  test('hostile texts are refused by field, or shown as text', async () => {
    const { post, send } = await serving({ newPollRate: { burst: 10_000, perSecond: 1 } });
    for (const text of hostileStrings(250)) {
      const response = await post('/polls', { title: text, options: [text, 'other'] });
      if (response.status === 400) {
        expect((await problemOf(response))[2]).toMatch(/^(title|options)/);
        continue;
      }
      expect(response.status).toBe(201);
      const { id } = (await response.json()) as Created;
      const shown = (await (await send(`/polls/${id}`)).json()) as Shown;
      expect([shown.title, shown.options[0]?.text]).toEqual([text.trim(), text.trim()]);
      const page = await send(`/apps/poll/${id}`);
      const html = await page.text();
      expect(page.status).toBe(200);
      // Whatever the text is, the page has the tags that it has for any other.
      expect(
        html.replaceAll(
          /<\/?(?:html|head|meta|title|link|script|body|main|h1|h2|p|a|section|nav|form|fieldset|legend|label|input|span|button|output|ul|li|progress|noscript)\b[^<>]*>|<!doctype html>/g,
          '',
        ),
      ).not.toMatch(/[<>]/);
    }
  }, 60_000);
});

test('a form that another page sends is refused', async () => {
  const { send, create } = await serving();
  const { id, owner } = await create();
  const cookie = `poll-owner=${owner}`;
  const post = (path: string, fields: Record<string, string>, site: string): Promise<Response> =>
    send(path, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { cookie, 'sec-fetch-site': site },
      redirect: 'manual',
    });
  const forms = [
    ['/apps/poll', { title: 'x', options: 'a\nb' }],
    [`/apps/poll/${id}/vote`, { option: '1' }],
    [`/apps/poll/${id}/manage`, { act: 'delete' }],
  ] as const;
  // Another port of this host is the same site, and somebody else.
  for (const site of ['cross-site', 'same-site'])
    for (const [path, fields] of forms)
      expect(await problemOf(await post(path, fields, site))).toEqual([403, 'Forbidden', undefined]);
  expect((await send(`/polls/${id}`)).status).toBe(200);
  expect((await post(`/apps/poll/${id}/manage`, { act: 'delete' }, 'same-origin')).status).toBe(303);
});
