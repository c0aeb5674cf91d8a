import { ask, withClient } from '../client.ts';
import { EXIT } from '../exit.ts';
import { note, printJson } from '../output.ts';
import { jsonOption, roomOptions } from '../settings.ts';
import { verb } from '../verb.ts';

export const cancel = verb({
  name: 'cancel',
  summary: 'cancel a run, for good',
  args: '<run>',
  options: { ...roomOptions, json: { ...jsonOption, help: 'print JSON: the id of the run' } },
  examples: ['skein cancel monday'],
  async run({ args: [id = ''], values, env }) {
    return withClient({ data: values.data, module: values.module, env }, async (client) => {
      const taken = await ask(client, `/runs/${encodeURIComponent(id)}/cancel`, { method: 'POST' });
      if (values.json) printJson(taken);
      else note(`run ${id} is cancelled`);
      return EXIT.ok;
    });
  },
});
