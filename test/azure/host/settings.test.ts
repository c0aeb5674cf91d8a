import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLimits } from '../../../handlers/azure/host/durable/limits.ts';
import { appEnvironment, connectionOf, isDisabled } from '../../../handlers/azure/host/environment.ts';
import { withData, withSettings } from '../../../handlers/azure/host/expression.ts';
import { readSettings } from '../../../handlers/azure/host/settings.ts';
import { timeSpan } from '../../../handlers/azure/host/time-span.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-host-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

describe('settings', () => {
  it('has the defaults of Azure where host.json says nothing', () => {
    write('host.json', '{ "version": "2.0" }');
    expect(readSettings(folder, {})).toEqual({
      routePrefix: 'api',
      functionTimeout: 1_800_000,
      queues: {
        batchSize: 16,
        newBatchThreshold: 8,
        maxDequeueCount: 5,
        visibilityTimeout: 0,
        maxPollingInterval: 60_000,
        messageEncoding: 'base64',
      },
      blobs: { maxDegreeOfParallelism: 8, poisonBlobThreshold: 5 },
      hubName: 'TestHubName',
      defaultVersion: '',
      limits: readLimits(),
      app: {},
    });
  });

  it('reads comments over, and obeys app settings before host.json and what was given before local.settings.json', () => {
    write(
      'host.json',
      `\ufeff{ /* a */ "version": "2.0", // b
        "functionTimeout": "00:10:00",
        "extensions": { "http": { "routePrefix": "/v1/" }, "queues": { "batchSize": 2, "messageEncoding": "none" },
          "durableTask": { "hubName": "Hub%A%", "defaultVersion": "1.2", "maxConcurrentActivityFunctions": 3 } } }`,
    );
    write('local.settings.json', '{ "IsEncrypted": false, "Values": { "A": "file", "B": "file", "N": 1 } }');
    const settings = readSettings(folder, { B: 'given', AzureFunctionsJobHost__Extensions__Queues__batchsize: '9' });
    expect(settings).toMatchObject({
      routePrefix: 'v1',
      functionTimeout: 600_000,
      hubName: 'Hubfile',
      defaultVersion: '1.2',
      limits: { ...readLimits(), maxConcurrentActivityFunctions: 3 },
      app: { A: 'file', B: 'given', N: '1' },
    });
    expect(settings.queues).toMatchObject({ batchSize: 9, newBatchThreshold: 4, messageEncoding: 'none' });
  });

  it.each([
    ['{', 'host.json: is no JSON'],
    ['{}', 'host.json: "version" must be "2.0", not undefined'],
    ['{"version":"2.0","functionTimeout":"5 minutes"}', 'host.json: functionTimeout must be a time such as "00:05:00"'],
    [
      '{"version":"2.0","extensions":{"queues":{"batchSize":64}}}',
      'extensions.queues.batchSize must be a whole number',
    ],
    ['{"version":"2.0","extensions":[]}', 'host.json: extensions must be an object'],
  ])('refuses %s', (text, message) => {
    write('host.json', text);
    expect(() => readSettings(folder, {})).toThrow(message);
  });

  it('says what is missing in a folder that is no app', () => {
    expect(() => readSettings(folder, {})).toThrow('has no host.json; give the root of a Functions app');
  });

  it('hands the app a few names of its own environment, and the settings', () => {
    const env = appEnvironment('/app', '127.0.0.1:1', { A: 'a' }, { PATH: '/bin', SECRET: 'x' });
    expect(env).toMatchObject({
      PATH: '/bin',
      A: 'a',
      WEBSITE_HOSTNAME: '127.0.0.1:1',
      FUNCTIONS_WORKER_RUNTIME: 'node',
    });
    expect(env).not.toHaveProperty('SECRET');
  });

  it('finds connections, and functions that are switched off', () => {
    const app = { AzureWebJobsStorage: 's', AzureWebJobsOrders: 'o', Other: 'x', 'AzureWebJobs.f.Disabled': 'true' };
    expect(['', 'AzureWebJobsStorage', 'Orders', 'Other', 'None'].map((name) => connectionOf(app, name))).toEqual([
      's',
      's',
      'o',
      'x',
      undefined,
    ]);
    expect([isDisabled(app, 'f'), isDisabled(app, 'g')]).toEqual([true, false]);
  });
});

describe('expressions', () => {
  const now = new Date('2026-02-03T04:05:06Z');

  it('names app settings, data at any depth and in any case, and the time', () => {
    expect(withSettings('a-%X%', { X: 'y' }, 'here')).toBe('a-y');
    expect(withData('{Name}/{order.id}.txt', { name: 'n', order: { Id: 7 } }, now, 'here')).toBe('n/7.txt');
    expect(withData('{DateTime:yyyy-MM-dd}/{DateTime}', {}, now, 'here')).toBe('2026-02-03/2026-02-03T04:05:06Z');
    expect(withData('{rand-guid:N}', {}, now, 'here')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('says what there is nothing for', () => {
    expect(() => withSettings('%X%', {}, 'function f: path')).toThrow('function f: path: no app setting is named "X"');
    expect(() => withData('a/{b}', {}, now, 'function f')).toThrow('function f: there is nothing for {b} in "a/{b}"');
  });
});

it('reads times as .NET writes them', () => {
  expect(['00:00:05', '1.02:03:04.5', '10:00', '25:00:00', '5'].map(timeSpan)).toEqual([
    5_000,
    93_784_500,
    36_000_000,
    undefined,
    undefined,
  ]);
});
