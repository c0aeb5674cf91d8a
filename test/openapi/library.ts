import { app, bucket, describe, Failure, http, step, workflow } from 'skein';
import { z } from 'zod';

/** An app whose routes are described in every way that there is; tests of the document and of the client use it. */
const shelf = bucket('shelf');

const book = z.object({ title: z.string().min(1), year: z.number().int().optional() });
interface Tree {
  readonly title: string;
  readonly parts: readonly Tree[];
}
const tree: z.ZodType<Tree> = z.object({ title: z.string(), parts: z.array(z.lazy(() => tree)) });

const lent = step('lent', {
  input: z.object({ title: z.string(), days: z.number() }),
  output: z.object({ title: z.string(), days: z.number() }),
  run: (input) => input,
});

export const lend = workflow('lend', {
  description: 'Lends a book.',
  input: z.object({ title: z.string(), days: z.number().int().min(1).default(14) }),
  run: (input) => lent({ title: input.title, days: input.days }),
});
export const catalogue = http('catalogue', {
  uses: { shelf: shelf.read },
  routes: (api, { shelf }) =>
    api
      .get(
        '/books/:id',
        describe({
          summary: 'A book',
          params: z.object({ id: z.coerce.number().int().min(1) }),
          query: z.object({ language: z.enum(['de', 'en']).default('en'), pages: z.coerce.number().optional() }),
          responses: { 200: { description: 'The book.', schema: book.extend({ id: z.number() }) } },
        }),
        (c) => {
          const { id } = c.req.valid('param');
          const { language, pages } = c.req.valid('query');
          return c.json({ id, title: `Book ${id} (${language})`, ...(pages !== undefined && { pages }) });
        },
      )
      .post(
        '/books',
        describe({ summary: 'Add a book', body: book, responses: { 201: { description: 'Added.', schema: book } } }),
        (c) => c.json(c.req.valid('json'), 201),
      )
      .post('/trees', describe({ summary: 'A book of books', body: tree, tags: ['trees'] }), (c) =>
        c.json({ title: c.req.valid('json').title }),
      )
      .post('/dates', describe({ summary: 'A date', body: z.object({ on: z.coerce.date() }) }), (c) =>
        c.json({ year: c.req.valid('json').on.getUTCFullYear() }),
      )
      .get('/stock', describe({ summary: 'For staff', public: false }), async (c) => {
        const { items } = await shelf.list();
        return c.json({ count: items.length });
      })
      .get('/plain/:name{[a-z]+}/:rest{.+}', (c) => c.text(c.req.param('rest')))
      .get('/maybe/:page?', (c) => c.text(c.req.param('page') ?? 'none'))
      .all('/any', (c) => c.text(c.req.method))
      .get('/broken', () => {
        throw new Failure({ name: 'Conflict', message: 'it is lent', data: { title: 'Emma' } });
      }),
});

export default app('library', {
  title: 'Library <of> books',
  workflows: [lend],
  http: [catalogue],
  page: (c) => c.html('<!doctype html><title>Library</title>'),
});
