import { expect, test } from 'vitest';
import { checkedSecret } from '../../../core/resources/secret.ts';
import { secretOn } from '../../../handlers/azure/resources/secret.ts';
import { secretSuite } from '../../conformance/secret.ts';

/** The settings of a Functions app. */
const settings: Record<string, string> = {};

secretSuite({
  name: 'azure, app settings',
  set: (name, value) => {
    settings[name] = checkedSecret(value);
  },
  remove: (name) => {
    delete settings[name];
  },
  // Changed settings start the app anew.
  open: () => {
    const env = { ...settings };
    return { secret: (name) => secretOn(name, name, { env }), close() {} };
  },
});

test('a reference that could not be resolved is no value', async () => {
  const reference = '@Microsoft.KeyVault(VaultName=a;SecretName=token)';
  const secret = secretOn('TOKEN', 'token', { env: { TOKEN: reference } });
  await expect(secret.get()).rejects.toMatchObject({ name: 'SecretNotSet', message: expect.stringContaining('token') });
});

test('who redacts learns the value', async () => {
  const learned: string[] = [];
  const redactor = { add: (value: string) => void learned.push(value) };
  expect(await secretOn('TOKEN', 'token', { env: { TOKEN: 'abc' }, redactor }).get()).toBe('abc');
  expect(learned).toEqual(['abc']);
});
