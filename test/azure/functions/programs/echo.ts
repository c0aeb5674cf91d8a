import { app, http } from 'skein';

const COOKIES = {
  plain: ['a=1; Path=/; HttpOnly', 'b=%C3%A9; Max-Age=60; SameSite=Lax'],
  strange: [
    'a=b=c; Path=/; Partitioned; Secure; SameSite=None',
    'b="2"; Priority=High',
    'c=3; Expires=Wed, 21 Oct 2026 07:28:00 GMT',
  ],
  one: ['a=b=c; Partitioned'],
} as const;

/** Tells what arrived, and answers in the ways that are easy to get wrong. */
export default app('echo', {
  http: [
    http('echo', {
      routes: (api) =>
        api
          .get('/cookies/:kind', (c) => {
            for (const line of COOKIES[c.req.param('kind') as keyof typeof COOKIES])
              c.header('set-cookie', line, { append: true });
            return c.text('hello');
          })
          .get('/status/:status', (c) => c.body(null, Number(c.req.param('status')) as 204, { 'x-kept': 'yes' }))
          .get('/slow', () => {
            const chunks = ['one', 'two', 'three'];
            const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
              const chunk = chunks.shift();
              if (chunk === undefined) return controller.close();
              controller.enqueue(new TextEncoder().encode(chunk));
              await new Promise((resolve) => setTimeout(resolve, 100));
            };
            return new Response(new ReadableStream({ pull }));
          })
          .get('/throws', () => {
            throw new Error('the secret reason');
          })
          .all('/echo/*', async (c) => {
            const { raw } = c.req;
            const bytes = new Uint8Array(await raw.arrayBuffer());
            return c.json({
              method: raw.method,
              url: raw.url,
              headers: Object.fromEntries(raw.headers),
              body: Buffer.from(bytes).toString('base64'),
            });
          })
          .post(
            '/mirror',
            (c) => new Response(c.req.raw.body, { headers: { 'content-type': 'application/octet-stream' } }),
          ),
    }),
  ],
});
