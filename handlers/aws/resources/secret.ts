import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { checkedNumber } from '../../../core/checked-number.ts';
import { Failure } from '../../../core/error.ts';
import type { Redactor } from '../../../core/redact.ts';
import { checkedOptionNames } from '../../../core/resources/name.ts';
import { checkedSecret, type SecretReader } from '../../../core/resources/secret.ts';
import { answer, isNamed } from './answer.ts';

export interface SecretOptions {
  /** Learns each value that is read. @default none */
  readonly redactor?: Pick<Redactor, 'add'>;
  /** Seconds for which a value is kept, 0 to 300. @default 300 */
  readonly keep?: number;
}

/**
 * A secret of Secrets Manager. It is dearer than a parameter of Systems Manager, and takes 64 KB where that takes 8:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
 *
 * @param id its name or its ARN.
 * @throws TypeError naming an option that is not known; `InvalidInput` naming the field.
 */
export function secretOn(secrets: SecretsManagerClient, id: string, options: SecretOptions = {}): SecretReader {
  checkedOptionNames('secret', options, ['redactor', 'keep']);
  const { redactor, keep = 300 } = options;
  checkedNumber('keep', keep, 0, 300);
  let read: { readonly value: Promise<string>; readonly until: number } | undefined;

  async function fetched(): Promise<string> {
    const value = await readSecret(secrets, id);
    redactor?.add(value);
    return value;
  }

  return {
    get: () => {
      const now = performance.now();
      if (read === undefined || read.until <= now) {
        const fresh = { value: fetched(), until: now + keep * 1000 };
        read = fresh;
        // That it is not set, or was not to be had, is not kept.
        fresh.value.catch(() => {
          if (read === fresh) read = undefined;
        });
      }
      return read.value;
    },
  };
}

/** Sets a secret, and makes it where there is none: for whoever runs the room. @throws `InvalidInput`, which does not tell the value. */
export async function setSecret(secrets: SecretsManagerClient, id: string, value: string): Promise<void> {
  const SecretString = checkedSecret(value);
  try {
    await answer('Secrets Manager', secrets.send(new PutSecretValueCommand({ SecretId: id, SecretString })));
  } catch (error) {
    if (!isNamed(error, 'ResourceNotFoundException')) throw error;
    await answer('Secrets Manager', secrets.send(new CreateSecretCommand({ Name: id, SecretString })));
  }
}

async function readSecret(secrets: SecretsManagerClient, id: string): Promise<string> {
  try {
    const request = new GetSecretValueCommand({ SecretId: id });
    const { SecretString } = await answer('Secrets Manager', secrets.send(request));
    if (SecretString) return SecretString;
  } catch (error) {
    // What waits for its deletion is an invalid request.
    if (!isNamed(error, 'ResourceNotFoundException', 'InvalidRequestException')) throw error;
  }
  throw new Failure({
    name: 'SecretNotSet',
    message: `the secret '${id}' is not set: aws secretsmanager create-secret --name ${id} --secret-string file://value.txt`,
  });
}
