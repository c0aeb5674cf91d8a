import type { Json } from '../json.ts';

/** An error body (RFC 9457): a code for programs, a sentence for people, never a stack or a path. */
export interface Problem {
  readonly status: number;
  /** The error's name, such as `InvalidInput`. */
  readonly code: string;
  readonly detail: string;
  /** The field that was refused. */
  readonly field?: string;
  readonly id?: string;
  readonly data?: Json;
}

/** `application/problem+json`: https://www.rfc-editor.org/rfc/rfc9457 */
export function problem(value: Problem, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify({ type: 'about:blank', title: value.code, ...value }), {
    status: value.status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });
}
