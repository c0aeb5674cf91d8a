import { findFunction, type HostFunction } from './functions.ts';

export interface AdminParts {
  readonly functions: readonly HostFunction[];
  /** Calls a function that is not for HTTP by hand; rejects as it does. */
  readonly run: (called: HostFunction, input: string | undefined) => Promise<unknown>;
  readonly url: URL;
}

/**
 * The host's own API, as much of it as people call: is it there, what functions are there, and run one that is not for HTTP:
 * https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http
 */
export async function admin(request: Request, { functions, run, url }: AdminParts): Promise<Response> {
  const [, , area, name] = url.pathname.split('/');
  if (area === 'host' && name === 'ping') return new Response(null, { status: 200 });
  if (area === 'host' && name === 'status')
    return Response.json({ state: 'Running', version: '4', functions: functions.length });
  if (area !== 'functions') return new Response(null, { status: 404 });
  if (name === undefined || name === '')
    return Response.json(
      functions.map((one) => ({ name: one.name, config: { bindings: Object.values(one.metadata.bindings) } })),
    );
  if (request.method !== 'POST') return new Response(null, { status: 405, headers: { allow: 'POST' } });
  try {
    const called = findFunction(functions, decodeURIComponent(name));
    const input = await inputOf(request);
    // Azure answers before the function has run, too; how it ended is in the log.
    run(called, input).catch(() => undefined);
    return new Response(null, { status: 202 });
  } catch (error) {
    const { name: kind, message } = error as Error;
    return Response.json({ error: kind, message }, { status: kind === 'UnknownFunction' ? 404 : 400 });
  }
}

async function inputOf(request: Request): Promise<string | undefined> {
  const text = await request.text();
  if (text === '') return undefined;
  const { input } = JSON.parse(text) as { readonly input?: unknown };
  return input === undefined || input === null || typeof input === 'string'
    ? (input ?? undefined)
    : JSON.stringify(input);
}
