import type { Context, Hono } from 'hono';
import { describe, Failure, http, invalidInput } from 'skein';
import { corpus, pastedKey, work } from './buckets.ts';
import { readInput } from './read-input.ts';
import { resultResponse } from './result-response.ts';
import { sampleText } from './sample.ts';
import { script } from './script.ts';
import { style } from './style.ts';
import { wordCount } from './workflow.ts';

/** Bytes of a text that the page may send. */
const TEXT_LIMIT = 1_048_576;

/** What the lab's clients call the workflow, in lower case. */
const ORCHESTRATORS = ['word-count', 'wordcount', 'masterorchestrator'];

const startDescription = describe({
  summary: "Start a count, as the lab's clients do",
  description: "Fields of the workflow's input in a JSON body or in the query.",
  responses: { 202: { description: '`{ id, statusUrl, statusQueryGetUri, resultUrl }`' } },
});
const resultDescription = describe({
  summary: 'The words and their counts',
  responses: {
    200: { description: 'Text: `word<TAB>count<LF>`, sorted by the bytes of the words.' },
    409: { description: 'A problem: the count is not over.' },
    422: { description: 'A problem: the count failed.' },
  },
});
const textDescription = describe({
  summary: 'Count the words of one text',
  description: 'The body is the text, as `text/plain`, up to 1 MiB; `?tokenizer=` says what a word is.',
  responses: { 202: { description: '`{ id, statusUrl, statusQueryGetUri, resultUrl }`' } },
});

/** The lab's routes, the result of a run, and what the page needs. */
export const routes = http('word-count', {
  uses: { corpus: corpus.write, work: work.read, wordCount: wordCount.all },
  routes: (api, { corpus, work, wordCount }): Hono => {
    const start = async (c: Context, input: Parameters<typeof wordCount.start>[0]): Promise<Response> => {
      const { id, statusUrl: path } = await wordCount.start(input);
      const statusUrl = new URL(path, c.req.url).href;
      const resultUrl = new URL(`/word-count/${encodeURIComponent(id)}/result`, c.req.url).href;
      // The names that clients of Durable Functions read; its management URLs carry a key and are not made here.
      return c.json({ id, statusUrl, statusQueryGetUri: statusUrl, resultUrl }, 202, {
        location: statusUrl,
        'retry-after': '1',
      });
    };

    api.get('/word-count/:id/result', resultDescription, async (c) =>
      resultResponse(await wordCount.status(c.req.param('id')), work),
    );

    api.on(['GET', 'POST'], '/api/orchestrators/:name', startDescription, async (c) => {
      const name = c.req.param('name');
      if (ORCHESTRATORS.includes(name.toLowerCase())) return start(c, await readInput(c));
      const message = `no orchestrator '${name}'; known: word-count, also as MasterOrchestrator or WordCount`;
      throw new Failure({ name: 'NotFound', message });
    });
    api.on(['GET', 'POST'], '/api/mapreduce', startDescription, async (c) => start(c, await readInput(c)));

    api.post('/word-count/texts', textDescription, async (c) => {
      const { tokenizer } = await readInput(c, []);
      const key = pastedKey();
      await corpus.put(key, await textOf(c), { contentType: 'text/plain; charset=utf-8' });
      return start(c, { prefix: key, tokenizer });
    });

    api.get('/apps/word-count/style.css', (c) => c.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }));
    api.get('/apps/word-count/page.js', (c) =>
      c.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8' }),
    );
    api.get('/apps/word-count/sample.txt', (c) => c.text(sampleText));
    return api;
  },
});

async function textOf(c: Context): Promise<Uint8Array> {
  const type = c.req.header('content-type') ?? 'text/plain';
  if (!/^text\/plain\s*(;|$)/i.test(type)) throw invalidInput('content-type: must be text/plain', 'content-type');
  const text = new Uint8Array(await c.req.arrayBuffer());
  if (text.length === 0) throw invalidInput('body: must not be empty', 'body');
  if (text.length > TEXT_LIMIT)
    throw new Failure({ name: 'PayloadTooLarge', message: `body: over ${TEXT_LIMIT} bytes`, data: { field: 'body' } });
  return text;
}
