import type { HttpCall } from './protocol.ts';

/** Milliseconds between two questions after a long operation that does not say. */
export const HTTP_POLL = 30_000;

/** When a long operation is asked again, and how: for as long as it answers 202 and says where. */
export function nextPoll(request: HttpCall, result: string): { delay: number; request: HttpCall } | undefined {
  const { statusCode, headers = {} } = JSON.parse(result) as { statusCode: number; headers?: Record<string, string> };
  const header = (name: string): string | undefined =>
    Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  const location = header('location');
  if (statusCode !== 202 || location === undefined || request.asynchronousPatternEnabled === false) return undefined;
  const seconds = Number(header('retry-after') ?? Number.NaN);
  const uri = new URL(location, request.uri).href;
  return {
    delay: Number.isFinite(seconds) ? seconds * 1000 : HTTP_POLL,
    request: { ...request, method: 'GET', uri, content: null },
  };
}
