import { ask, withClient } from '../client.ts';
import { EXIT } from '../exit.ts';
import { jsonArgument } from '../json-argument.ts';
import { note, printJson } from '../output.ts';
import { jsonOption, roomOptions } from '../settings.ts';
import { verb } from '../verb.ts';

export const event = verb({
  name: 'event',
  summary: 'send an event to a run',
  args: '<run> <event>',
  options: {
    data: {
      type: 'string',
      value: 'JSON|@FILE|-',
      help: 'what the run gets: JSON, a file of it, or standard input ({})',
    },
    key: { type: 'string', value: 'KEY', help: 'sending twice with one key sends once' },
    module: roomOptions.module,
    folder: { ...roomOptions.data, help: `${roomOptions.data.help}; --data is the event's here` },
    json: { ...jsonOption, help: 'print JSON: the id of the run' },
  },
  details: 'An event that comes before the run waits for it is kept.',
  examples: [`skein event monday approved --data '{"by":"ada"}'`],
  async run({ args: [id = '', name = ''], values, env }) {
    const data = await jsonArgument('--data', values.data ?? '{}');
    return withClient({ data: values.folder, module: values.module, env }, async (client) => {
      const path = `/runs/${encodeURIComponent(id)}/events/${encodeURIComponent(name)}`;
      const taken = await ask(client, path, {
        method: 'POST',
        body: JSON.stringify(data),
        headers: {
          'content-type': 'application/json',
          ...(values.key !== undefined && { 'idempotency-key': values.key }),
        },
      });
      if (values.json) printJson(taken);
      else note(`run ${id} has got '${name}'`);
      return EXIT.ok;
    });
  },
});
