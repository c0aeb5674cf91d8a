import type { Context, MiddlewareHandler } from 'hono';
import { invalidInput, readJson } from 'skein';
import { itemsOf } from './integers.ts';

const FORM = /^(application\/x-www-form-urlencoded|multipart\/form-data)\s*(;|$)/i;

/**
 * Puts `{ numbers: […] }` in the place of the body, which is JSON or a form. Numbers become the texts that they were sent as, so
 * that no digit of a large one is lost; whether they are good is for the schema to say.
 *
 * @throws `InvalidInput` naming the field `body`.
 */
export const exactBody: MiddlewareHandler = async (c, next) => {
  const given = FORM.test(c.req.header('content-type') ?? '') ? await formOf(c) : await jsonOf(c);
  c.req.raw = new Request(c.req.url, { method: 'POST', body: JSON.stringify(given) });
  await next();
};

async function jsonOf(c: Context): Promise<unknown> {
  const bytes = await c.req.raw.arrayBuffer();
  const checked = await readJson(new Request(c.req.url, { method: 'POST', body: bytes }));
  const text = new TextDecoder().decode(bytes);
  if (text.trim() === '') return checked;
  // https://github.com/tc39/proposal-json-parse-with-source; where it is not there yet, the schema refuses what was rounded.
  const exact = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === 'number' ? (context?.source ?? value) : value;
  return JSON.parse(text, exact);
}

async function formOf(c: Context): Promise<{ numbers: string[] }> {
  const form = await c.req.raw.formData().catch((error: unknown) => {
    // What is too large is said in the room's own words.
    if (error instanceof TypeError) throw invalidInput('body: must be a form', 'body');
    throw error;
  });
  const numbers = form.getAll('numbers').flatMap((text) => {
    if (typeof text !== 'string') throw invalidInput('numbers: must be text, not a file', 'numbers');
    return itemsOf(text);
  });
  return { numbers };
}
