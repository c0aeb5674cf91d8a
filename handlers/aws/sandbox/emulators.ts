import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { openGate } from './s3.ts';
import { DYNAMODB, JAVA, TOOL } from './tools.ts';

/** What the emulators are told, and what the gate in front of S3 checks signatures with. */
export const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
export const SETTINGS = { region: 'us-east-1', credentials: KEYS };

export interface Emulator<Client> {
  readonly client: Client;
  readonly address: string;
  close(): Promise<void>;
}

/** S3 as fauxqs and the gate have it. */
export async function openS3(): Promise<Emulator<S3Client>> {
  const fauxqs = await startFauxqs();
  const gate = await openGate(fauxqs.address, KEYS);
  const client = new S3Client({ ...SETTINGS, endpoint: gate.address, forcePathStyle: true });
  return {
    client,
    address: gate.address,
    close: async () => {
      client.destroy();
      await gate.close();
      await fauxqs.stop();
    },
  };
}

/** SQS as fauxqs has it. */
export async function openSqs(): Promise<Emulator<SQSClient>> {
  const fauxqs = await startFauxqs();
  const client = new SQSClient({ ...SETTINGS, endpoint: fauxqs.address });
  return {
    client,
    address: fauxqs.address,
    close: async () => {
      client.destroy();
      await fauxqs.stop();
    },
  };
}

/** AWS's own DynamoDB Local, in memory. */
export async function openDynamoDb(): Promise<Emulator<DynamoDBClient>> {
  const port = await freePort();
  const folder = fileURLToPath(DYNAMODB);
  const libraries = `${folder}DynamoDBLocal_lib`;
  const server = spawn(
    JAVA,
    [
      `-Djava.library.path=${libraries}`,
      `-Dsqlite4java.library.path=${libraries}`,
      '-jar',
      `${folder}DynamoDBLocal.jar`,
      ...['-inMemory', '-sharedDb', '-disableTelemetry', '-port', String(port)],
    ],
    // It writes a file about itself to where it is started.
    { cwd: tmpdir(), stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  let said = '';
  server.stderr.on('data', (text) => (said += text));
  const stop = () => void server.kill('SIGKILL');
  process.once('exit', stop);
  const address = `http://127.0.0.1:${port}`;
  const client = new DynamoDBClient({ ...SETTINGS, endpoint: address });
  await answering(client, server, () => said);
  return {
    client,
    address,
    close: async () => {
      client.destroy();
      process.removeListener('exit', stop);
      const ended = server.exitCode === null && server.signalCode === null ? once(server, 'exit') : undefined;
      stop();
      await ended;
    },
  };
}

export interface Fauxqs {
  readonly address: string;
  stop(): Promise<void>;
}

export async function startFauxqs(): Promise<Fauxqs> {
  const module = (await import(new URL('node_modules/fauxqs/dist/app.js', TOOL).href)) as {
    startFauxqs(options: { port: number; host: string; logger: boolean }): Promise<{
      port: number;
      stop(): Promise<void>;
    }>;
  };
  const server = await module.startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
  return { address: `http://127.0.0.1:${server.port}`, stop: () => server.stop() };
}

async function answering(client: DynamoDBClient, server: ChildProcess, said: () => string): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`DynamoDB Local ended: ${said()}`);
    try {
      await client.send(new ListTablesCommand());
      return;
    } catch {
      await new Promise((later) => setTimeout(later, 100));
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
