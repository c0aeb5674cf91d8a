import { describe, expect, test } from 'vitest';
import { app, waitFor, workflow } from '../../core/index.ts';
import { open } from '../../handlers/local/dev.ts';
import review from '../support/apps/review.ts';
import { temporary, until } from '../support/server.ts';
import { browse } from './browse.ts';
import { NO_GATE, reviewing } from './reviewing.ts';

const { room, person, page, pageWith, startReview } = reviewing();

describe('one run', () => {
  /** The state and the words of a node in the graph. */
  const nodeIn = (text: string, id: string): string[] => {
    const [, card = ''] = text.split(`id="node-${id}"`);
    const mark = /class="state" data-state="(\w+)"><span class="mark" aria-hidden="true"><\/span>([^<]*)</;
    const [, state = '', words = ''] = mark.exec(card) ?? [];
    return [state, words.trim()];
  };

  test('shows each node of its definition with its state', async () => {
    await person().logIn();
    await startReview('one', 'Bees', [1, 2, 3, 4]);
    const reading = await until(async () => {
      const text = await page('/ui/runs/one');
      return nodeIn(text, 'read')[1] === '2 of 4' && nodeIn(text, 'read')[0] === 'running' ? text : undefined;
    });
    expect(nodeIn(reading, 'map')).toEqual(['running', '2 of 4']);
    expect(nodeIn(reading, 'spell')).toEqual(['pending', 'to come']);
    expect(nodeIn(reading, 'waitFor')).toEqual(['pending', 'to come']);

    await room().cancel('one');

    await startReview('two');
    const waiting = await pageWith('/ui/runs/two', 'waits for the event verdict');
    expect(nodeIn(waiting, 'map')).toEqual(['succeeded', '2 of 2']);
    expect(nodeIn(waiting, 'parallel')).toEqual(['succeeded', '2 of 2']);
    expect(nodeIn(waiting, 'look_up')).toEqual(['failed', 'failed']);
    expect(nodeIn(waiting, 'attempt')).toEqual(['succeeded', 'succeeded']);
    expect(nodeIn(waiting, 'waitFor')).toEqual(['waiting', 'waits']);
    expect(nodeIn(waiting, 'print')).toEqual(['pending', 'to come']);

    await person().post('/ui/runs/two/events', { name: 'verdict', data: '{"by":"Ada","yes":true}', key: 'k' });
    await room().result('two');
    const over = await page('/ui/runs/two');
    expect(nodeIn(over, 'waitFor')).toEqual(['succeeded', 'succeeded']);
    expect(nodeIn(over, 'print')).toEqual(['succeeded', 'succeeded']);
    expect(over).toContain('printed for Ada');
    expect(over).not.toContain('id="actions"');
    expect(over).not.toContain('live.js');
  });

  test('shows the definition that it started with', async () => {
    const data = temporary();
    const first = await open(review, { data });
    await first.start('review', { title: 'Bees', pages: [1], gate: NO_GATE }, { id: 'old' });
    await first.close();
    const changed = app('review', {
      workflows: [
        workflow('review', { run: () => waitFor('something-else') }),
        workflow('refused', { run: () => null }),
      ],
    });
    const second = await open(changed, { data });
    try {
      const later = browse(second);
      await later.logIn();
      const { text } = await later.get('/ui/runs/old');
      expect(text).toContain('id="node-print"');
      expect(text).toContain('<option>verdict</option>');
      expect(text).not.toContain('something-else');
    } finally {
      await second.close();
    }
  });

  test('lists the calls of its steps, or those of one node, in pages', async () => {
    await person().logIn();
    await startReview(
      'one',
      'Bees',
      [...Array(30).keys()].map((index) => index + 10),
    );
    const text = await pageWith('/ui/runs/one', 'waits for the event');
    expect(text.match(/<tbody id="call-/g)).toHaveLength(25);
    expect(text).toContain('href="/ui/runs/one?page=2"');
    expect(await page('/ui/runs/one?page=2')).toContain('id="call-look_up"');
    const some = await page('/ui/runs/one?node=spell');
    expect([...some.matchAll(/<tbody id="call-([^"]+)"/g)].map(([, place]) => place)).toEqual(['spell']);
    expect(some).toMatch(/<pre[^>]*>&quot;Bees&quot;<\/pre/);
  });

  test('an event that is refused says why by its field, and keeps what was typed', async () => {
    await person().logIn();
    await startReview('one');
    const send = (name: string, data: string) => person().post('/ui/runs/one/events', { name, data, key: 'once' });
    const broken = await send('verdict', '{"by": "<Ada>",');
    expect(broken.status).toBe(400);
    expect(broken.text).toMatch(/id="data-refused"[^>]*>must be JSON/);
    expect(broken.text).toContain('{&quot;by&quot;: &quot;&lt;Ada&gt;&quot;,</textarea');
    const wrong = await send('verdict', '{"by":7,"yes":true}');
    expect(wrong.status).toBe(400);
    expect(wrong.text).toMatch(/id="data-refused"[^>]*>by: /);
    const nameless = await send('', '{}');
    expect(nameless.status).toBe(400);
    expect(nameless.text).toContain('id="name-refused"');

    const sent = await send('verdict', '{"by":"Ada","yes":true}');
    expect([sent.status, sent.headers.get('location')]).toEqual([303, '/ui/runs/one?said=sent']);
    expect(await page('/ui/runs/one?said=sent')).toContain('The event was sent.');
    expect(await room().result('one')).toEqual({ output: 'printed for Ada' });
    const late = await send('verdict', '{"by":"Bob","yes":true}');
    expect(late.status).toBe(409);
    expect(late.text).toContain('role="alert"');
  });

  test('is cancelled by a form', async () => {
    await person().logIn();
    await startReview('one');
    await pageWith('/ui/runs/one', 'waits for the event');
    const done = await person().post('/ui/runs/one/cancel', {});
    expect([done.status, done.headers.get('location')]).toEqual([303, '/ui/runs/one?said=cancelled']);
    const text = await page('/ui/runs/one?said=cancelled');
    expect(text).toContain('The run was cancelled.');
    expect(nodeIn(text, 'waitFor')).toEqual(['stopped', 'stopped']);
    expect(nodeIn(text, 'print')).toEqual(['pending', 'not reached']);
    expect((await person().post('/ui/runs/none/cancel', {})).status).toBe(404);
  });
});
