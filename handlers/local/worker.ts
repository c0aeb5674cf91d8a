import './tsx.ts';
import { parentPort, workerData } from 'node:worker_threads';
import type { App } from '../../core/app.ts';
import { Failure, toErrorValue } from '../../core/error.ts';
import { invoke } from '../../core/workflow/invoke.ts';
import type { StepDefinition } from '../../core/workflow/step.ts';
import { openBuckets } from './bucket.ts';
import { noFaults } from './fault.ts';
import type { FromWorker, Target, ToWorker, WorkerSetup } from './pool.ts';
import { surroundingsOf } from './surroundings.ts';

const port = parentPort;
if (port === null) throw new Error('this module runs in a thread of the local room');
const send = (message: FromWorker): void => port.postMessage(message);

const { buckets } = workerData as WorkerSetup;
const opened = openBuckets({ folder: buckets, fault: noFaults, sweep: false });
const surroundings = surroundingsOf(
  (name) => opened.bucket(name),
  (resource) => {
    throw new Failure({
      name: 'Unsupported',
      message: `a thread has no client for the ${resource.kind} '${resource.name}'`,
    });
  },
  (log, fields = {}) => send({ log, fields }),
);
const running = new Map<number, AbortController>();

port.on('message', (message: ToWorker) => {
  if ('abort' in message) running.get(message.abort)?.abort();
  else void perform(message);
});

async function perform({ job, target, call }: Extract<ToWorker, { job: number }>): Promise<void> {
  const controller = new AbortController();
  running.set(job, controller);
  try {
    const output = await invoke(await find(target), call, surroundings, controller.signal);
    send({ job, output });
  } catch (error) {
    send({ job, error: toErrorValue(error), final: error instanceof Failure && error.final });
  } finally {
    running.delete(job);
  }
}

async function find({ module, workflow, step }: Target): Promise<StepDefinition> {
  const { default: app } = (await import(module)) as { default?: App };
  const found = app?.workflows?.find((one) => one.name === workflow)?.steps.get(step);
  if (found !== undefined) return found;
  throw new Failure({
    name: 'UnknownStep',
    message: `the default export of the app's module has no step '${step}' in a workflow '${workflow}'`,
  });
}
