import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, expect, test } from 'vitest';
import { redactor } from '../../../core/redact.ts';
import { secretOn, setSecret } from '../../../handlers/aws/resources/secret.ts';
import { openSecrets } from '../../../handlers/aws/sandbox/secrets.ts';
import { secretSuite } from '../../conformance/secret.ts';
import { beforeEach } from './recorded.ts';

const { client, close } = await openSecrets();
afterAll(close);
let calls = 0;
beforeEach(client, ({ command }) => {
  if (command === 'GetSecretValue') calls += 1;
});

secretSuite({
  name: 'aws, on a stand-in for Secrets Manager',
  set: (name, value) => setSecret(client, name, value),
  remove: async (name) => {
    await client.send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }));
  },
  open: () => ({ secret: (name) => secretOn(client, name), close() {} }),
});

test('a value is kept for as long as it may be, and one that was not to be had is not', async () => {
  const before = calls;
  const kept = secretOn(client, 'kept');
  await expect(kept.get()).rejects.toMatchObject({ name: 'SecretNotSet' });
  await setSecret(client, 'kept', 'first');
  expect(await Promise.all([kept.get(), kept.get()])).toEqual(['first', 'first']);
  await setSecret(client, 'kept', 'second');
  expect(await kept.get()).toBe('first');
  expect(calls - before).toBe(2);
  const anew = secretOn(client, 'kept', { keep: 0 });
  expect(await anew.get()).toBe('second');
  await setSecret(client, 'kept', 'third');
  expect(await anew.get()).toBe('third');
});

test('what is read is redacted', async () => {
  const log = redactor();
  await setSecret(client, 'told', 'correct horse');
  await secretOn(client, 'told', { redactor: log }).get();
  expect(log.text('it is correct horse')).toBe('it is [redacted]');
});

test('a secret that waits for its deletion is not set', async () => {
  await setSecret(client, 'going', 'value');
  await client.send(new DeleteSecretCommand({ SecretId: 'going' }));
  await expect(secretOn(client, 'going').get()).rejects.toMatchObject({ name: 'SecretNotSet' });
});

test('an option that is wrong is refused', () => {
  for (const keep of [-1, 301, 1.5])
    expect(() => secretOn(client, 'a', { keep })).toThrow(expect.objectContaining({ data: { field: 'keep' } }));
  expect(() => secretOn(client, 'a', { ttl: 1 } as object)).toThrow("unknown option 'ttl'");
});
