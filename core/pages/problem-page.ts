import type { Context } from 'hono';
import type { Keyring } from '../http/keyring.ts';
import type { Problem } from '../http/problem.ts';
import { noticePage } from './frame.ts';
import { pageResponse } from './page-response.ts';

/** The problem as a page, for whoever asked for pages, as browsers do; else the problem as it is. */
export async function orPage(response: Response, context: Context, keyring: Keyring): Promise<Response> {
  if (!(context.req.header('accept') ?? '').includes('text/html')) return response;
  const { status, code, detail, id } = (await response.json()) as Problem;
  const notice = noticePage(
    { title: inWords(code), detail, ...(id !== undefined && { id }) },
    await keyring.hasKey(context),
  );
  return pageResponse(notice, status);
}

/** `NotFound` as a person would write it: `Not found`. */
function inWords(code: string): string {
  return code.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
