import { type Html, PAGE_HEADERS } from './frame.ts';

export async function pageResponse(page: Html, status = 200): Promise<Response> {
  const headers = { ...PAGE_HEADERS, 'content-type': 'text/html; charset=utf-8' };
  return new Response(String(await page), { status, headers });
}
