import type { Context } from 'hono';
import { invalidInput, readJson } from 'skein';
import type { z } from 'zod';
import { wordCountInput } from './workflow.ts';

/**
 * The workflow's input as a request gives it: fields of a JSON body, and those of the query that the body does not name.
 * Other parts of the query belong to somebody else, such as a client's function key.
 *
 * @param fields those that a JSON body may have; none where the body is something else.
 * @throws `InvalidInput` naming the field.
 */
export async function readInput(
  c: Context,
  fields: readonly string[] = Object.keys(wordCountInput.shape),
): Promise<z.infer<typeof wordCountInput>> {
  const query = c.req.query();
  const given: Record<string, unknown> = {};
  for (const field of Object.keys(wordCountInput.shape)) if (query[field] !== undefined) given[field] = query[field];
  for (const field of ['splits', 'reducers'])
    if (/^\d{1,9}$/.test(query[field] ?? '')) given[field] = Number(query[field]);
  if (fields.length > 0) Object.assign(given, await bodyOf(c));
  const parsed = wordCountInput.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') || 'body';
  throw invalidInput(`${field}: ${issue?.message ?? 'is not valid'}`, field);
}

async function bodyOf(c: Context): Promise<object> {
  const body = await readJson(c.req.raw);
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalidInput('body: must be a JSON object', 'body');
  return body;
}
