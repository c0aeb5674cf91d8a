import { setTimeout as sleep } from 'node:timers/promises';
import type { RunStatus, Started } from '../../core/index.ts';
import { logToStderr } from '../../handlers/local/index.ts';
import { ask, type Client, withClient } from '../client.ts';
import { EXIT } from '../exit.ts';
import { jsonArgument } from '../json-argument.ts';
import { note, print, printJson } from '../output.ts';
import { type Progress, showProgress } from '../progress.ts';
import { jsonOption, roomOptions } from '../settings.ts';
import { stopSignal } from '../stop-signal.ts';
import { verb } from '../verb.ts';

/** Milliseconds between looks at a run. */
const LOOK = { first: 20, most: 500 } as const;

export const run = verb({
  name: 'run',
  summary: 'start a run of a workflow and wait for its result',
  args: '<workflow>',
  options: {
    input: { type: 'string', value: 'JSON|@FILE|-', help: 'the input: JSON, a file of it, or standard input ({})' },
    id: { type: 'string', value: 'ID', help: 'the id: the same id and input again is the same run (a random one)' },
    watch: { type: 'boolean', help: 'show its progress on standard error' },
    detach: { type: 'boolean', help: 'do not wait: print the id and leave' },
    ...roomOptions,
    json: { ...jsonOption, help: 'print the whole status of the run, not only its output' },
  },
  details: `Prints the output as JSON on standard output. Ctrl-C stops the waiting, not the run.
Without a server on the data folder the run is done in this process.`,
  examples: [
    `skein run word-count --input '{"prefix":"","tokenizer":"T1"}' --watch`,
    'skein run word-count --input @input.json --id monday',
    `echo '{"prefix":"lab/"}' | skein run word-count --input - --json`,
  ],
  async run({ args: [workflow = ''], values, env }) {
    const input = await jsonArgument('--input', values.input ?? '{}');
    const stop = stopSignal(['SIGINT']);
    return withClient({ data: values.data, module: values.module, env, log: logToStderr }, async (client) => {
      const started = await ask<Started>(client, `/workflows/${encodeURIComponent(workflow)}/runs`, {
        method: 'POST',
        body: JSON.stringify(input),
        headers: {
          'content-type': 'application/json',
          ...(values.id !== undefined && { 'idempotency-key': values.id }),
        },
      });
      if (values.detach) {
        if (values.json) printJson(started);
        else print(started.id);
        return EXIT.ok;
      }
      note(`run ${started.id}`);
      const progress = values.watch ? showProgress(workflow, 'steps') : undefined;
      const status = await outcomeOf(client, started.id, stop, progress);
      if (status === undefined) {
        note(leftGoing(client, started.id));
        return EXIT.interrupted;
      }
      if (values.json) printJson(status);
      else if (status.status === 'succeeded') print(JSON.stringify(status.output ?? null, null, 2));
      if (status.status === 'succeeded') return EXIT.ok;
      note(`${status.status}: ${status.error?.name ?? 'Error'}: ${status.error?.message ?? ''}`);
      return EXIT.failed;
    });
  },
});

/** The status of the run when it is over; `undefined` where the user did not want to wait for it. */
async function outcomeOf(
  client: Client,
  id: string,
  stop: AbortSignal,
  progress: Progress | undefined,
): Promise<RunStatus | undefined> {
  try {
    for (let pause: number = LOOK.first; ; pause = Math.min(pause * 2, LOOK.most)) {
      const status = await ask<RunStatus>(client, `/runs/${encodeURIComponent(id)}`);
      progress?.show(status.progress.done, status.progress.total);
      if (status.status !== 'running') return status;
      await sleep(pause, undefined, { signal: stop }).catch(() => undefined);
      if (stop.aborted) return undefined;
    }
  } finally {
    progress?.end();
  }
}

function leftGoing(client: Client, id: string): string {
  return client.url === undefined
    ? `run ${id} is not over: it goes on when the data folder is opened again, by skein dev for one`
    : `run ${id} goes on; look at it with: skein show ${id}`;
}
