import './tsx.ts';
import { parentPort, workerData } from 'node:worker_threads';
import type { App } from '../../core/app.ts';
import { Failure, toErrorValue } from '../../core/error.ts';
import { makeKeyring } from '../../core/http/keyring.ts';
import { redacting } from '../../core/log.ts';
import { redactor } from '../../core/redact.ts';
import type { Telemetry } from '../../core/telemetry/telemetry.ts';
import { invoke } from '../../core/workflow/invoke.ts';
import type { StepDefinition } from '../../core/workflow/step.ts';
import { faultsOf } from './fault.ts';
import { tracing } from './log.ts';
import type { FromWorker, Target, ToWorker, WorkerSetup } from './pool.ts';
import { openResources } from './resources.ts';
import { surroundingsOf } from './surroundings.ts';

const port = parentPort;
if (port === null) throw new Error('this module runs in a thread of the local room');
const send = (message: FromWorker): void => port.postMessage(message);

const { folder, adminKey, env, telemetry: module, fault } = workerData as WorkerSetup;
// What a thread reads only its own redactor knows: its log lines leave it clean.
const known = redactor([adminKey]);
const telemetry = module === undefined ? undefined : await telemetryOf(module);
const trace = telemetry && (() => telemetry.current());
const resources = openResources({
  folder,
  keyring: await makeKeyring(adminKey),
  redactor: known,
  env,
  fault: faultsOf(fault),
  ...(trace && { trace }),
});
const log = tracing((message, fields = {}) => send({ log: message, fields }), telemetry);
const surroundings = surroundingsOf(resources, redacting(log, known), telemetry);
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

async function telemetryOf(module: string): Promise<Telemetry | undefined> {
  const { default: make } = (await import(module)) as { default: () => Telemetry | undefined };
  return make();
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
