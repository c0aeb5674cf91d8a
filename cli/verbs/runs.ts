import type { RunStatus } from '../../core/index.ts';
import { type Client, pages, withClient } from '../client.ts';
import { EXIT } from '../exit.ts';
import { print, printJson, table } from '../output.ts';
import { jsonOption, roomOptions } from '../settings.ts';
import { UsageError } from '../usage-error.ts';
import { verb } from '../verb.ts';

export const runs = verb({
  name: 'runs',
  summary: 'list runs, newest first',
  args: '',
  options: {
    status: { type: 'string', value: 'STATUS', help: 'only those: running, succeeded, failed or cancelled' },
    workflow: { type: 'string', value: 'NAME', help: 'only those of this workflow' },
    limit: { type: 'string', value: 'N', help: 'at most so many (100)' },
    ...roomOptions,
    json: jsonOption,
  },
  examples: ['skein runs', 'skein runs --status failed --workflow word-count', 'skein runs --json | jq length'],
  async run({ values, env }) {
    const limit = Number(values.limit ?? '100');
    if (!Number.isSafeInteger(limit) || limit < 1)
      throw new UsageError(`--limit: a whole number from 1 on, not '${values.limit}'`, 'skein runs --help');
    return withClient({ data: values.data, module: values.module, env }, async (client) => {
      const found = await list(client, { status: values.status, workflow: values.workflow }, limit);
      if (values.json) printJson(found);
      else if (found.length > 0) print(table([['ID', 'WORKFLOW', 'STATUS', 'STEPS', 'STARTED'], ...found.map(row)]));
      return EXIT.ok;
    });
  },
});

async function list(
  client: Client,
  filter: Readonly<Record<string, string | undefined>>,
  limit: number,
): Promise<RunStatus[]> {
  const found: RunStatus[] = [];
  for await (const items of pages<RunStatus>(client, '/runs', filter)) {
    found.push(...items);
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

function row({ id, workflow, status, progress, startedAt }: RunStatus): string[] {
  return [id, workflow, status, `${progress.done}/${progress.total}`, startedAt];
}
