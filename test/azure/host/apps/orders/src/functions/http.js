const { app, HttpResponse } = require('@azure/functions');

app.http('product', {
  methods: ['GET'],
  route: 'products/{category:alpha}/{id:int?}',
  handler: (request) => ({ jsonBody: { from: 'product', ...request.params } }),
});

app.http('special', {
  methods: ['GET'],
  route: 'products/special',
  handler: () => ({ jsonBody: { from: 'special' } }),
});

app.http('anything', {
  route: 'products/{*rest}',
  handler: (request) => ({ jsonBody: { from: 'anything', rest: request.params.rest } }),
});

app.http('echo', {
  methods: ['POST', 'PUT', 'GET'],
  handler: async (request) => ({
    jsonBody: {
      hooked: false,
      method: request.method,
      url: request.url,
      query: [...request.query],
      headers: Object.fromEntries(request.headers),
      body: request.method === 'GET' ? null : Buffer.from(await request.arrayBuffer()).toString('base64'),
    },
  }),
});

app.http('cookies', {
  handler: () => {
    const headers = new Headers({ 'x-many': 'a' });
    headers.append('x-many', 'b');
    return {
      headers,
      cookies: [
        { name: 'id', value: 'ü (1)', httpOnly: true, secure: true, sameSite: 'Strict', maxAge: 60 },
        { name: 'gone', value: '', path: '/shop', expires: new Date('2020-01-01T00:00:00Z') },
      ],
    };
  },
});

app.http('manyCookies', {
  handler: () => ({
    headers: [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ],
  }),
});

app.http('image', {
  handler: () => ({ body: Buffer.from([0x89, 0x50, 0x4e, 0x47]), headers: { 'content-type': 'image/png' } }),
});

app.http('response', {
  handler: () => new HttpResponse({ status: 418, body: 'a teapot' }),
});

app.http('nothing', { handler: () => undefined });

app.http('wrong', {
  handler: () => {
    throw new RangeError('out of range');
  },
});

app.http('text', { handler: () => 'only text' });

app.http('crash', {
  handler: () => process.exit(3),
});

app.http('slow', {
  handler: () => new Promise(() => undefined),
});

app.http('env', {
  handler: () => ({ jsonBody: process.env }),
});

app.http('locked', { authLevel: 'function', handler: () => ({ body: 'open' }) });
app.http('adminOnly', { authLevel: 'admin', handler: () => ({ body: 'open' }) });
