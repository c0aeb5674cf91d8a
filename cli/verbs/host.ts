import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../core/error.ts';
import { logToStderr } from '../../handlers/local/index.ts';
import { Unreachable } from '../client.ts';
import { EXIT } from '../exit.ts';
import { note, print, printJson } from '../output.ts';
import { jsonOption, portOf } from '../settings.ts';
import { stopSignal } from '../stop-signal.ts';
import { UsageError } from '../usage-error.ts';
import { verb } from '../verb.ts';

/** Where func listens. */
const PORT = '7071';

export const host = verb({
  name: 'host',
  summary: "run a published folder of a cloud's functions on this machine, whoever wrote them",
  args: '<cloud> <folder>',
  options: {
    port: { type: 'string', value: 'PORT', help: `the port, 0 for a free one (${PORT})` },
    data: {
      type: 'string',
      value: 'FOLDER',
      help: 'keeps the histories of orchestrations (none: they end with the host)',
    },
    strict: { type: 'boolean', help: 'keep to what the real host does even where it loses something' },
    'no-triggers': { type: 'boolean', help: 'HTTP and orchestrations only; no storage account is needed' },
    json: { ...jsonOption, help: 'print one line of JSON when it is ready: url, pid, functions' },
  },
  details: `azure: an Azure Functions app of the Node v4 model, with its own node_modules: HTTP, queues, blobs, timers and Durable
Functions, without func and without .NET. Settings are those of local.settings.json; AzureWebJobsStorage of the environment wins,
and is the connection string of Azurite or of a storage account. Listens on 127.0.0.1 only. Logs JSON lines to standard error.`,
  examples: ['skein host azure ./my-app', 'skein host azure . --port 0 --no-triggers --json'],
  async run({ args: [cloud = '', folder = ''], values, env }) {
    if (cloud !== 'azure')
      throw new UsageError(`'${cloud}' is no cloud whose functions can be hosted; there is: azure`);
    if (!existsSync(join(folder, 'host.json')))
      throw new UsageError(`${folder} has no host.json: give the folder that func would publish`);
    const port = portOf(values.port ?? PORT, env);
    const stop = stopSignal(['SIGINT', 'SIGTERM']);
    const { openHost } = await import('../../handlers/azure/host/index.ts');
    const opened = await openHost({
      ...{ folder, port, strict: values.strict ?? false, triggers: !values['no-triggers'], log: logToStderr },
      ...(values.data !== undefined && { data: values.data }),
      ...(env.AzureWebJobsStorage && { connectionString: env.AzureWebJobsStorage }),
    }).catch((error: unknown) => {
      throw forPeople(error, port);
    });
    const functions = opened.functions.map(({ name }) => name);
    if (values.json) printJson({ url: opened.url, pid: process.pid, functions });
    else print([`hosting ${folder} at ${opened.url}`, ...functions.map((name) => `  ${name}`)].join('\n'));
    if (!stop.aborted) await once(stop, 'abort');
    note('stopping: running functions may end; Ctrl-C again stops at once');
    await opened.close();
    return EXIT.ok;
  },
});

/** What a person can mend is one line. */
function forPeople(error: unknown, port: number): unknown {
  if (error instanceof Failure)
    return error.name === 'TriggerFailed' ? new Unreachable(error.message) : new UsageError(error.message);
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' ? new Unreachable(`port ${port} is in use: choose another with --port, or 0`) : error;
}
