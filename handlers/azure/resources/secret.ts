import { Failure } from '../../../core/error.ts';
import type { Redactor } from '../../../core/redact.ts';
import { checkedOptionNames } from '../../../core/resources/name.ts';
import { checkedSecret, type SecretReader } from '../../../core/resources/secret.ts';

export interface SecretOptions {
  /** Learns each value that is read. @default none */
  readonly redactor?: Pick<Redactor, 'add'>;
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Whether an app setting refers to Key Vault and could not be read: then it is that reference, a text that anybody can guess.
 *
 * https://learn.microsoft.com/azure/app-service/app-service-key-vault-references
 */
export function isUnresolved(value: string): boolean {
  return /^@Microsoft\.KeyVault\(/i.test(value);
}

/**
 * A secret of Key Vault, as Functions hands it over: in an environment variable that is an app setting with a reference to the
 * vault. The host reads the vault with the app's identity, anew within a day, so no program needs a client of it.
 *
 * @param variable the environment variable.
 * @param name of the secret, for whoever has to set it.
 * @throws TypeError naming an option that is not known.
 */
export function secretOn(variable: string, name: string, options: SecretOptions = {}): SecretReader {
  checkedOptionNames('secret', options, ['redactor', 'env']);
  const { redactor, env = process.env } = options;
  return {
    get: async () => {
      const value = env[variable];
      if (value === undefined || value === '') throw notSet(name, `${variable} is empty`);
      if (isUnresolved(value)) throw notSet(name, `${variable} refers to Key Vault, which gave no value`);
      redactor?.add(value);
      return checkedSecret(value);
    },
  };
}

function notSet(name: string, why: string): Failure {
  const remedy = `az keyvault secret set --vault-name <vault> --name ${name} --file value.txt`;
  return new Failure({ name: 'SecretNotSet', message: `the secret '${name}' is not set (${why}): ${remedy}` });
}
