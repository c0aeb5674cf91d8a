import type { Dev } from '../../handlers/local/dev.ts';

const ORIGIN = 'http://skein.test';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What a browser without a script does: it sends forms, keeps the cookie, and follows no redirect unasked. */
export function browse(room: Pick<Dev, 'fetch' | 'adminKey'>) {
  let cookie = '';
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const headers = new Headers({ accept: 'text/html,application/xhtml+xml', ...(cookie !== '' && { cookie }) });
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
    const response = await room.fetch(new Request(`${ORIGIN}${path}`, { ...init, headers, redirect: 'manual' }));
    const given = response.headers.get('set-cookie');
    if (given !== null) cookie = given.split(';')[0]?.endsWith('=') ? '' : (given.split(';')[0] ?? '');
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> =>
    send(path, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { origin: 'null', 'sec-fetch-site': 'same-origin', ...headers },
    });
  return {
    get: (path: string, headers: Record<string, string> = {}): Promise<Answer> => send(path, { headers }),
    post,
    logIn: (next?: string): Promise<Answer> =>
      post('/login', { key: room.adminKey, ...(next !== undefined && { next }) }),
  };
}
