import { ask, connect } from '../client.ts';
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
    const client = await connect({ data: values.data, module: values.module, env });
    try {
      const taken = await ask(client, `/runs/${encodeURIComponent(id)}/cancel`, { method: 'POST' });
      if (values.json) printJson(taken);
      else note(`run ${id} is cancelled`);
      return EXIT.ok;
    } finally {
      await client.close();
    }
  },
});
