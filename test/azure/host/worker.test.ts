import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHost } from '../../../handlers/azure/host/index.ts';
import { appFolder, openApp } from './open-app.ts';

const httpOnly = { triggers: false } as const;
let root: string;
beforeAll(() => {
  // Inside of the checkout, so that the app finds the library as it would after npm install.
  root = mkdtempSync(join(appFolder('..'), 'made-'));
});
afterAll(() => rmSync(root, { recursive: true }));

function app(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(root, name);
  cpSync(appFolder('stream'), folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}

const main = (file: string, type = 'commonjs'): string => JSON.stringify({ main: file, type });
const http = (name: string, handler: string): string => `app.http('${name}', { handler: ${handler} });`;
const cjs = (...lines: string[]): string => `const { app } = require('@azure/functions');\n${lines.join('\n')}`;

describe('the process of the app', () => {
  it('is started anew when it has ended; calls of that time are rejected', async () => {
    const { host, log } = await openApp(appFolder('orders'), httpOnly);
    const slow = host.fetch('/api/slow');
    const crash = await host.fetch('/api/crash');
    expect([crash.status, (await slow).status]).toEqual([500, 500]);
    expect(await (await host.fetch('/api/hello')).text()).toBe('Hello, world!');
    const failed = log.filter(({ message }) => message === 'function failed').map(({ fields }) => fields.error);
    expect(failed).toContain('WorkerExited: the process ended by itself (exit code 3) while "crash" ran');
  });

  it('is stopped when a function takes longer than functionTimeout', async () => {
    const env = { AzureFunctionsJobHost__functionTimeout: '00:00:01' };
    const { host, log } = await openApp(appFolder('orders'), { ...httpOnly, env });
    expect((await host.fetch('/api/slow')).status).toBe(500);
    expect(log.find(({ message }) => message === 'function failed')?.fields.error).toBe(
      'FunctionTimeout: "slow" took longer than the functionTimeout of 1 s',
    );
    expect((await host.fetch('/api/hello')).status).toBe(200);
  });

  it('loads CommonJS and ES modules, one file or a pattern', async () => {
    const folder = app('both', {
      'package.json': main('src/*.{js,mjs}'),
      'src/app.js': cjs(http('one', '() => ({ body: "1" })')),
      'src/more.mjs': `import { app } from '@azure/functions';\n${http('two', '() => ({ body: import.meta.url.slice(-8) })')}`,
    });
    const { host } = await openApp(folder, httpOnly);
    expect(await (await host.fetch('/one')).text()).toBe('1');
    expect(await (await host.fetch('/two')).text()).toBe('more.mjs');
  });

  it.each([
    ['no main', { 'package.json': '{}' }, /package\.json: "main" must name the file/],
    [
      'a main that is nowhere',
      { 'package.json': main('dist/*.js') },
      /no file matches "main" of package\.json: "dist\/\*\.js"/,
    ],
    [
      'a file that throws',
      { 'package.json': main('src/app.js'), 'src/app.js': 'throw new Error("no luck")' },
      /src\/app\.js would not load: no luck/,
    ],
    [
      'a file that ends the process',
      { 'package.json': main('src/app.js'), 'src/app.js': 'process.exit(7)' },
      /exit code 7\) before the app had started/,
    ],
    [
      'an app without the library',
      { 'package.json': main('src/app.js'), 'src/app.js': '' },
      /loaded no "@azure\/functions" 4 library/,
    ],
  ])('says what is wrong with %s', async (what, files, message) => {
    const folder = app(what.replaceAll(' ', '-'), files);
    await expect(openHost({ folder, ...httpOnly, log: () => undefined })).rejects.toThrow(message);
  });

  it('says which functions it cannot serve, and serves the others', async () => {
    const folder = app('unsupported', {
      'package.json': main('src/app.js'),
      'src/app.js': cjs(
        "const { output } = require('@azure/functions');",
        "app.serviceBusQueue('bus', { queueName: 'q', connection: 'c', handler: () => undefined });",
        "app.http('cosmos', { return: output.http({}), extraOutputs: [output.cosmosDB({ databaseName: 'd', containerName: 'c', connection: 'x' })], handler: () => ({}) });",
        http('fine', '() => ({ body: "fine" })'),
      ),
    });
    const { host, log } = await openApp(folder, httpOnly);
    expect(await (await host.fetch('/fine')).text()).toBe('fine');
    const cosmos = await host.fetch('/cosmos');
    expect([cosmos.status, await cosmos.text()]).toEqual([
      501,
      'Unsupported: cosmos: this host does not carry out output cosmosDB',
    ]);
    await expect(host.invoke('bus')).rejects.toMatchObject({ name: 'Unsupported' });
    await expect(host.invoke('nobody')).rejects.toThrow('no function is named "nobody"; there is bus, cosmos, fine');
    const warned = log
      .filter(({ message }) => message === 'function is not supported here')
      .map(({ fields }) => fields);
    expect(warned).toMatchObject([
      { function: 'bus', unsupported: 'trigger serviceBusTrigger' },
      { function: 'cosmos', unsupported: 'output cosmosDB' },
    ]);
  });

  it('refuses options that cannot be, naming them', async () => {
    const folder = appFolder('stream');
    await expect(openHost({ folder, port: 70_000 })).rejects.toThrow('port: must be a whole number from 0 to 65535');
    await expect(openHost({ folder, keys: { function: 'x', admin: 'long enough' } })).rejects.toThrow('keys.function');
    await expect(openHost({ folder: root })).rejects.toThrow('has no host.json');
  });
});
