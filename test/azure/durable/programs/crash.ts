/**
 * Runs one instance over a folder of histories to its end and prints its output, or dies at a step of a write.
 *
 * Arguments: the folder, the file of effects, and `<k>:<write|rename|written|torn>` or `count`.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { RetryOptions } from 'durable-functions';
import { openDurable } from '../../../../handlers/azure/host/durable/engine.ts';
import { type FileStep, fileStore } from '../../../../handlers/azure/host/durable/file-store.ts';
import { inProcess } from '../in-process.ts';

const [folder = '', effects = '', fault = 'count'] = process.argv.slice(2);

const invoker = inProcess(
  {
    *main(context) {
      const { round, before } = context.df.getInput() as { round: number; before: unknown[] };
      const add = (value: string) => context.df.callActivity('effect', `${round}-${value}`);
      const first = yield add('first');
      const many = yield context.df.Task.all([
        add('a'),
        context.df.callActivityWithRetry('flaky', new RetryOptions(5000, 4), `${round}-flaky`),
        context.df.callSubOrchestrator('child', `${round}-child`, `child-${round}`),
      ]);
      const timeout = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 3_600_000));
      const event = context.df.waitForExternalEvent('go');
      const won = yield context.df.Task.any([event, timeout]);
      if (won === event) timeout.cancel();
      const all = [...before, first, many, won === event ? event.result : 'nothing came'];
      if (round === 2) return all;
      context.df.continueAsNew({ round: round + 1, before: all });
      return undefined;
    },
    *child(context) {
      yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 1000));
      return yield context.df.callActivity('effect', context.df.getInput());
    },
  },
  {
    effect(input: string) {
      appendFileSync(effects, `${input}\n`);
      return `did ${input}`;
    },
    flaky(input: string) {
      const calls = existsSync(effects) ? readFileSync(effects, 'utf8').split('\n') : [];
      appendFileSync(effects, `${input}\n`);
      if (calls.filter((call) => call === input).length < 2) throw new Error('not yet');
      return `did ${input}`;
    },
  },
);

/** Which write each file is: those of several instances go on at once. */
const writes = new Map<string, number>();
function onStep(step: FileStep, file: string): void {
  const name = file.replace(/\.part$/, '');
  if (step === 'write') writes.set(name, writes.size + 1);
  const [k, at] = fault.split(':');
  if (Number(k) !== writes.get(name) || (at === 'torn' ? 'rename' : at) !== step) return;
  if (at === 'torn') {
    const text = readFileSync(file, 'utf8');
    writeFileSync(name, text.slice(0, text.length / 2));
  }
  process.kill(process.pid, 'SIGKILL');
}

const store = await fileStore(folder, { onStep });
const durable = await openDurable({ invoker, store, clock: 'virtual' });
if ((await durable.status('one')) === undefined) {
  await durable.start('main', { round: 1, before: [] }, { id: 'one' });
  await durable.raise('one', 'go', 'an event');
}
const { runtimeStatus, output } = await durable.settled('one');
await durable.close();
console.log(JSON.stringify({ runtimeStatus, output }));
if (fault === 'count') console.log(writes.size);
process.exit(0);
