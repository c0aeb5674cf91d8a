import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Emulator, SETTINGS } from './emulators.ts';

interface Asked {
  readonly SecretId: string;
  readonly Name: string;
  readonly SecretString: string;
  readonly ForceDeleteWithoutRecovery?: boolean;
}

export interface Secrets extends Emulator<SecretsManagerClient> {
  /** Sets a secret. @param id what it is asked for with. */
  set(id: string, value: string): void;
}

/**
 * A stand-in for Secrets Manager, for which there is no emulator: four of its actions, as its API reference describes them. What it
 * shows is that the client speaks the protocol and reads its errors, not that AWS does the same.
 *
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html
 */
export async function openSecrets(): Promise<Secrets> {
  const values = new Map<string, string>();
  const deleted = new Set<string>();
  const missing = { __type: 'ResourceNotFoundException', Message: "Secrets Manager can't find the specified secret." };
  const going = {
    __type: 'InvalidRequestException',
    Message: 'You tried to perform the operation on a secret that is marked for deletion.',
  };
  const actions: Readonly<Record<string, (asked: Asked) => object>> = {
    GetSecretValue: ({ SecretId }) => {
      if (deleted.has(SecretId)) return going;
      const SecretString = values.get(SecretId);
      return SecretString === undefined ? missing : { Name: SecretId, SecretString };
    },
    PutSecretValue: ({ SecretId, SecretString }) => {
      if (!values.has(SecretId)) return missing;
      values.set(SecretId, SecretString);
      return { Name: SecretId };
    },
    CreateSecret: ({ Name, SecretString }) => {
      values.set(Name, SecretString);
      return { Name };
    },
    DeleteSecret: ({ SecretId, ForceDeleteWithoutRecovery }) => {
      if (ForceDeleteWithoutRecovery) values.delete(SecretId);
      else deleted.add(SecretId);
      return { Name: SecretId };
    },
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const action = String(request.headers['x-amz-target']).replace(/^secretsmanager\./, '');
    const asked = JSON.parse(Buffer.concat(chunks).toString()) as Asked;
    const answer = actions[action]?.(asked) ?? { __type: 'InvalidAction' };
    response.writeHead('__type' in answer ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new SecretsManagerClient({ ...SETTINGS, endpoint: address });
  return {
    client,
    address,
    set: (id, value) => void values.set(id, value),
    close: async () => {
      client.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}
