import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { published } from '../../../deploy/azure/published.ts';
import { openHost } from '../../../handlers/azure/host/index.ts';
import { readSettings } from '../../../handlers/azure/host/settings.ts';
import depot from '../../aws/serverless/depot.ts';

const MODULE = new URL('../../aws/serverless/depot.ts', import.meta.url).pathname;

describe('a folder as it is published', () => {
  let made: Awaited<ReturnType<typeof published>>;
  beforeAll(async () => {
    made = await published([depot], MODULE);
  });
  afterAll(() => made?.remove());
  const textOf = (file: string): string => readFileSync(join(made.folder, file), 'utf8');
  const jsonOf = (file: string) => JSON.parse(textOf(file)) as Readonly<Record<string, unknown>>;

  test('C4: has what func wants', () => {
    for (const file of [
      'host.json',
      'package.json',
      'main.js',
      '.funcignore',
      'dist/functions.js',
      'dist/functions.js.map',
    ])
      expect([file, existsSync(join(made.folder, file))]).toEqual([file, true]);
    expect(existsSync(join(made.folder, String(jsonOf('package.json').main)))).toBe(true);
    expect(jsonOf('package.json')).not.toHaveProperty('dependencies');
  });

  test('has settings that the apps need', () => {
    const { routePrefix, queues, functionTimeout, hubName } = readSettings(made.folder, {});
    // Attempts are at most 100, and the host counts for all queues alike.
    expect(queues.maxDequeueCount).toBeGreaterThan(100);
    expect([routePrefix, queues.messageEncoding, hubName]).toEqual(['', 'base64', 'skein']);
    // A trigger may take 900 seconds.
    expect(functionTimeout).toBeGreaterThan(900_000);
    expect(jsonOf('host.json').extensionBundle).toEqual({
      id: 'Microsoft.Azure.Functions.ExtensionBundle',
      version: '[4.*, 5.0.0)',
    });
  });

  test('takes along neither settings nor infrastructure', () => {
    expect(textOf('.funcignore').split('\n')).toEqual(
      expect.arrayContaining(['infra/', 'local.settings.json', 'local.settings.example.json']),
    );
    expect(jsonOf('local.settings.example.json').Values).toHaveProperty('SKEIN_STORAGE');
  });

  test('is the same when nothing has changed', async () => {
    const again = await published([depot], MODULE);
    try {
      for (const file of ['dist/functions.js', 'infra/apps.json'])
        expect(readFileSync(join(again.folder, file), 'utf8') === textOf(file)).toBe(true);
    } finally {
      await again.remove();
    }
  });

  test('P9: registers a function for each need', async () => {
    const env = Object.fromEntries(depot.triggers.map(({ name }) => name).flatMap(disabled));
    const host = await openHost({ folder: made.folder, env, log: () => undefined });
    try {
      expect(host.functions.map(({ name, kind, unsupported }) => [name, kind, unsupported])).toEqual(
        [
          ['http', 'http'],
          ['depot-on-orders', 'queue'],
          ['depot-on-on-parcels', 'queue'],
          ['depot-put-on-parcels', 'blob'],
          ['depot-on-count-stock', 'queue'],
          ['depot-due-count-stock', 'timer'],
          ['depot-due-2-count-stock', 'timer'],
          ['skein-expire', 'timer'],
          ['skein', 'orchestration'],
          ['skein-lane', 'orchestration'],
          ['skein-step', 'activity'],
        ].map((one) => [...one, undefined]),
      );
    } finally {
      await host.close();
    }
  });
});

/** Nothing is there that they could listen to. */
function disabled(trigger: string): [string, string][] {
  return ['on', 'put', 'due', 'due-2'].map((what) => [`AzureWebJobs.depot-${what}-${trigger}.Disabled`, 'true']);
}
