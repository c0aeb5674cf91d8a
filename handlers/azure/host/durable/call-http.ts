import { Failure } from '../../../../core/error.ts';
import type { Json } from '../../../../core/json.ts';
import type { HttpCall } from './protocol.ts';

/**
 * Performs one `callHttp` of an orchestrator.
 *
 * @param allowed origins that it may reach, as `https://example.org`; redirects, which might leave them, are followed with `any` alone
 * @throws Failure `Forbidden` where the origin is none of them; `Unsupported` for a managed identity's token; `Unreachable`.
 */
export async function callHttp(call: HttpCall, allowed: readonly string[] | 'any'): Promise<Json> {
  if (call.tokenSource !== undefined && call.tokenSource !== null)
    throw new Failure({
      name: 'Unsupported',
      message: 'callHttp with a tokenSource: this host has no managed identity',
    });
  const url = new URL(call.uri);
  if (allowed !== 'any' && !allowed.includes(url.origin))
    throw new Failure({
      name: 'Forbidden',
      message: `callHttp to ${url.origin} is refused; origins that it may reach are named when the host is opened: \
${allowed.length === 0 ? 'none' : allowed.join(', ')}`,
    });
  const response = await fetch(url, {
    method: call.method,
    headers: { ...call.headers },
    redirect: allowed === 'any' ? 'follow' : 'manual',
    ...(call.content === undefined || call.content === null ? {} : { body: call.content }),
  }).catch((error: Error) => {
    const reason = error.cause instanceof Error ? error.cause.message : error.message;
    throw new Failure({ name: 'Unreachable', message: `callHttp to ${url.origin}: ${reason}` });
  });
  const headers = Object.fromEntries(response.headers);
  return { statusCode: response.status, headers, content: await response.text() };
}
