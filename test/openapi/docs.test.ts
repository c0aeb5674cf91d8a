import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenApi } from '../../core/openapi/openapi.ts';
import { type Served, serve } from '../../handlers/local/index.ts';
import office from '../support/apps/office.ts';
import { temporary } from '../support/server.ts';
import library from './library.ts';

let served: Served;
let page: string;
let response: Response;
beforeAll(async () => {
  served = await serve([library, office], { data: temporary(), port: 0, env: {} });
  response = await fetch(`${served.url}/docs`);
  page = await response.text();
});
afterAll(() => served.close());

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
};
/** The text of an operation's last `pre`: its command. */
const commandOf = (operationId: string): string => {
  const part = page.slice(page.indexOf(`id="${operationId}"`)).split('</details>')[0]!;
  const pre = part
    .slice(part.lastIndexOf('<pre'))
    .replace(/^<pre[^>]*>/, '')
    .split('</pre>')[0]!;
  return pre.replace(/&(?:lt|gt|quot|#39|amp);/g, (found) => ENTITIES[found]!);
};
const shell = async (command: string): Promise<string> => {
  const env = { PATH: process.env.PATH, SKEIN_ADMIN_KEY: served.room.adminKey };
  return (await promisify(execFile)('sh', ['-c', `${command} -sS`], { env })).stdout;
};

test('everything on the page comes with it or from this host', () => {
  expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'self'");
  expect(page).not.toMatch(/<script|style=|\son\w+=|src=/);
  const links = [...page.matchAll(/(?:href)="([^"]*)"/g)].map(([, link]) => link!);
  expect(links.filter((link) => !link.startsWith('/') && !link.startsWith('#'))).toEqual([]);
  const ids = new Set([...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => `#${id}`));
  expect(links.filter((link) => link.startsWith('#') && !ids.has(link))).toEqual([]);
});

test('its style is served', async () => {
  const style = await fetch(`${served.url}/docs.css`);
  expect([style.status, style.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
});

test('each operation is on it once', async () => {
  const { paths } = (await (await fetch(`${served.url}/openapi.json`)).json()) as OpenApi;
  for (const { operationId } of Object.values(paths).flatMap((one) => Object.values(one)))
    expect(page.split(`<details id="${operationId}">`)).toHaveLength(2);
});

test('what apps say of themselves is text', () => {
  expect(page).toContain('Library &lt;of&gt; books');
  expect(page).not.toContain('<of>');
});

test('its commands work as they stand', async () => {
  const added = commandOf('post_books');
  expect(JSON.parse(await shell(added))).toEqual({ title: 'text' });
  const started = commandOf('post_workflows_lend_runs');
  const { id } = JSON.parse(await shell(started)) as { id: string };
  expect(await served.room.engine.result(id)).toEqual({ output: { title: 'text', days: 14 } });
  expect(JSON.parse(await shell(commandOf('get_stock')))).toEqual({ count: 0 });
  expect(JSON.parse(await shell(commandOf('get_runs_id').replace('/ID', `/${id}`)))).toMatchObject({ id });
});
