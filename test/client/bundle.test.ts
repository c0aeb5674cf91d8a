import { expect, test } from 'vitest';
import { bundled } from './bundled.ts';

const PROGRAM = `
import { client } from 'skein/client';
import type { lend } from './test/openapi/library.ts';
export const room = client<{ lend: typeof lend }>('');
`;
const WITH_ROUTES = `
import { client, routes } from 'skein/client';
import type { catalogue, lend } from './test/openapi/library.ts';
export const room = client<{ lend: typeof lend }>('');
export const api = routes<typeof catalogue>('');
`;

test('a browser gets the client alone, in less than 10 kB', async () => {
  const { files, text } = await bundled(PROGRAM);
  expect(files.every((file) => file.startsWith('core/'))).toBe(true);
  expect(files.filter((file) => !file.startsWith('core/client/'))).toEqual([
    'core/error.ts',
    'core/http/object-path.ts',
    'core/json.ts',
    'core/on-abort.ts',
  ]);
  expect(text.length).toBeLessThan(10_000);
});

test("with Hono's client of routes it is still less", async () => {
  const { files, text } = await bundled(WITH_ROUTES);
  expect(files.filter((file) => !/^core\/|\/hono\/dist\/(client|utils)\//.test(file))).toEqual([]);
  expect(text.length).toBeLessThan(10_000);
});

test('a workflow that is imported as a value is seen', async () => {
  const { files } = await bundled(PROGRAM.replaceAll('import type', 'import').replace("('')", "('').start(lend, {})"));
  expect(files).toContain('core/workflow/workflow.ts');
});
