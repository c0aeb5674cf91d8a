import type { RunStatus } from '../../core/index.ts';
import type { StepRecord } from '../../core/workflow/runs.ts';
import { ask, type Client, pages, withClient } from '../client.ts';
import { EXIT } from '../exit.ts';
import { print, printJson, table } from '../output.ts';
import { jsonOption, roomOptions } from '../settings.ts';
import { verb } from '../verb.ts';

export const show = verb({
  name: 'show',
  summary: 'show the status of a run and its steps',
  args: '<run>',
  options: { ...roomOptions, json: { ...jsonOption, help: 'print the status as JSON, with the list `steps`' } },
  examples: ['skein show monday', 'skein show monday --json | jq .output'],
  async run({ args: [id = ''], values, env }) {
    return withClient({ data: values.data, module: values.module, env }, async (client) => {
      const path = `/runs/${encodeURIComponent(id)}`;
      const status = await ask<RunStatus>(client, path);
      const steps = await stepsOf(client, `${path}/steps`);
      if (values.json) printJson({ ...status, steps });
      else print([summary(status), ...(steps.length === 0 ? [] : ['', listing(steps)])].join('\n'));
      return EXIT.ok;
    });
  },
});

async function stepsOf(client: Client, path: string): Promise<StepRecord[]> {
  const steps: StepRecord[] = [];
  for await (const items of pages<StepRecord>(client, path)) steps.push(...items);
  return steps;
}

function summary(run: RunStatus): string {
  const { error, output, progress } = run;
  return table([
    ['run', run.id],
    ['workflow', run.workflow],
    ['status', run.status],
    ['steps', `${progress.done}/${progress.total}`],
    ['started', run.startedAt],
    ['updated', run.updatedAt],
    ['input', short(run.input ?? null)],
    ...(output === undefined ? [] : [['output', short(output)]]),
    ...(error === undefined ? [] : [['error', `${error.name}: ${error.message}`]]),
  ]);
}

function listing(steps: readonly StepRecord[]): string {
  return table([
    ['STEP', 'STATUS', 'ATTEMPTS', 'MS', 'ERROR'],
    ...steps.map(({ key, status, attempts, startedAt, endedAt, error }) => [
      key.slice(key.indexOf('/') + 1),
      status,
      String(attempts),
      endedAt === undefined ? '' : String(Date.parse(endedAt) - Date.parse(startedAt)),
      error === undefined ? '' : `${error.name}: ${error.message}`,
    ]),
  ]);
}

/** One line of it; `--json` has the rest. */
function short(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}
