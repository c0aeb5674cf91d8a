import { once } from 'node:events';
import type { App } from '../../core/index.ts';
import { type Log, redacting } from '../../core/log.ts';
import { FolderInUse, logToStderr } from '../../handlers/local/index.ts';
import { Unreachable } from '../client.ts';
import { EXIT } from '../exit.ts';
import { loadApps } from '../load-apps.ts';
import { type Env, note, print, printJson } from '../output.ts';
import { ROOMS, roomNamed, type Served } from '../rooms.ts';
import { readServerFile, removeServerFile, writeServerFile } from '../server-file.ts';
import { dataFolder, jsonOption, portOf, roomOptions } from '../settings.ts';
import { stopSignal } from '../stop-signal.ts';
import { logStrays } from '../strays.ts';
import { verb } from '../verb.ts';

export const dev = verb({
  name: 'dev',
  summary: 'serve the apps on this machine',
  args: '',
  options: {
    room: { type: 'string', value: 'ROOM', help: `which room serves them: ${Object.keys(ROOMS).join(', ')} (local)` },
    port: { type: 'string', value: 'PORT', help: 'the port, 0 for a free one ($PORT, else 3000)' },
    ...roomOptions,
    json: { ...jsonOption, help: 'print one line of JSON when it is ready: url, pid, data, apps' },
  },
  details: `${Object.entries(ROOMS)
    .map(([name, { summary }]) => `${name}: ${summary}`)
    .join('\n')}
Listens on 127.0.0.1 only. Logs JSON lines to standard error. SIGTERM or Ctrl-C lets running steps end and stops;
a second Ctrl-C stops at once. Runs that are not over go on at the next start.`,
  examples: [
    'skein dev',
    'skein dev --port 8080 --data /var/lib/skein',
    'skein dev --module hello.ts',
    'skein dev --room aws',
  ],
  async run({ values, env }) {
    const room = roomNamed(values.room);
    const port = portOf(values.port, env);
    const data = dataFolder(values.data, env);
    const stop = stopSignal(['SIGINT', 'SIGTERM']);
    const apps = await loadApps(values.module);
    let log: Log = logToStderr;
    logStrays((message, fields) => log(message, fields));
    const served = await start(room.serve(apps, { port, data, env, module: values.module }), port, data);
    if (served.redactor !== undefined) log = redacting(logToStderr, served.redactor);
    writeServerFile(data, { url: served.url, pid: process.pid });
    try {
      if (values.json) printJson({ url: served.url, pid: process.pid, data, apps: apps.map((app) => app.name) });
      else print(welcome(served.url, apps, data, env));
      if (!stop.aborted) await once(stop, 'abort');
      note('stopping: running steps may end; Ctrl-C again stops at once');
      await served.close();
    } finally {
      removeServerFile(data);
    }
    return EXIT.ok;
  },
});

async function start(serving: Promise<Served>, port: number, data: string): Promise<Served> {
  try {
    return await serving;
  } catch (error) {
    if (error instanceof FolderInUse) {
      const server = readServerFile(data);
      throw new Unreachable(server === undefined ? error.message : `${error.message} (it serves ${server.url})`);
    }
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new Unreachable(`port ${port} is in use: stop what listens there, or choose another with --port or PORT`);
    if (code === 'EACCES' && port > 0 && port < 1024)
      throw new Unreachable(`port ${port} is not yours to take: choose one from 1024 on with --port or PORT`);
    throw error;
  }
}

function welcome(url: string, apps: readonly App[], data: string, env: Env): string {
  return [
    `skein serves ${apps.length === 1 ? 'one app' : `${apps.length} apps`} at ${url}`,
    ...apps.map((app) => (app.page === undefined ? `  ${app.title}` : `  ${app.title}: ${url}/apps/${app.name}`)),
    env.SKEIN_ADMIN_KEY ? 'admin key: SKEIN_ADMIN_KEY' : `admin key: in ${data}/admin.key`,
  ].join('\n');
}
