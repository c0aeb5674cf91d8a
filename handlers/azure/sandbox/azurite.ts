import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Where `npm run tools:azure` puts the emulator of Azure Storage. */
const TOOL = '../../../tools/azure/node_modules/azurite/dist/src/azurite.js';
const PROGRAM = fileURLToPath(new URL(TOOL, import.meta.url));

export const hasAzurite = existsSync(PROGRAM);
/** How to get it. */
export const AZURITE_WANTED = 'npm run tools:azure';

const ACCOUNT = 'devstoreaccount1';
const SERVICES = ['blob', 'queue', 'table'] as const;

export interface Azurite {
  /** What `AzureWebJobsStorage` is set to, and what each SDK's `fromConnectionString` takes. */
  readonly connectionString: string;
  /** Base64. */
  readonly key: string;
  /** `http://127.0.0.1:<port>/<account>` */
  readonly urls: Readonly<Record<(typeof SERVICES)[number], string>>;
  close(): Promise<void>;
}

/** Azure Storage as Azurite has it: an empty account in memory, on free ports of 127.0.0.1, without telemetry. */
export async function openAzurite(): Promise<Azurite> {
  const key = randomBytes(64).toString('base64');
  const server = spawn(
    process.execPath,
    [
      PROGRAM,
      ...['--silent', '--disableTelemetry', '--inMemoryPersistence', '--skipApiVersionCheck'],
      ...SERVICES.flatMap((service) => [`--${service}Host`, '127.0.0.1', `--${service}Port`, '0']),
    ],
    // It looks for its databases' settings, and writes files, where it is started.
    {
      cwd: tmpdir(),
      env: { PATH: process.env.PATH, AZURITE_ACCOUNTS: `${ACCOUNT}:${key}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const kill = () => void server.kill('SIGKILL');
  process.once('exit', kill);
  const urls = await listening(server);
  await Promise.all(Object.values(urls).map(answering));
  const endpoints = SERVICES.map(
    (service) => `${service[0]!.toUpperCase()}${service.slice(1)}Endpoint=${urls[service]};`,
  );
  return {
    key,
    urls,
    connectionString: `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${key};${endpoints.join('')}`,
    close: async () => {
      process.removeListener('exit', kill);
      const ended = once(server, 'exit');
      kill();
      await ended;
    },
  };
}

async function listening(server: ChildProcess): Promise<Azurite['urls']> {
  const urls = new Map<string, string>();
  const said: string[] = [];
  server.stderr?.on('data', (text) => said.push(String(text)));
  const lines = createInterface({ input: server.stdout! });
  for await (const line of lines) {
    said.push(line);
    const [, service = '', origin = ''] = /Azurite (\w+) service is successfully listening at (\S+)/.exec(line) ?? [];
    if (service !== '') urls.set(service.toLowerCase(), `${origin}/${ACCOUNT}`);
    if (urls.size === SERVICES.length) {
      // Nobody reads what it says from now on.
      server.stdout?.resume();
      return Object.fromEntries(urls) as Azurite['urls'];
    }
  }
  throw new Error(`Azurite ended: ${said.join('\n')}`);
}

/** Any status is an answer. */
async function answering(url: string): Promise<void> {
  for (let left = 100; ; left -= 1)
    try {
      await (await fetch(`${url}?comp=list`)).arrayBuffer();
      return;
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((later) => setTimeout(later, 50));
    }
}
