import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Json } from '../../../../core/json.ts';
import type { Definition } from '../../workflow/index.ts';
import { type Execution, type Functions, type MachineTime, startExecution } from './execution.ts';
import { stopQueuedItems } from './interpreter.ts';
import { Refusal } from './refusal.ts';

stopQueuedItems();

type Body = { readonly [field: string]: Json };

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u;
const LARGEST_INPUT = 262_144;

export interface StepFunctionsParts {
  readonly functions: Functions;
  /** @default `jumping` */
  readonly time?: MachineTime;
  /** Told of each execution that is over. */
  onEnd?(execution: Execution): void;
}

/** Waits and delays take the time that they say. */
export const realTime: MachineTime = { jumps: false, in: afterSeconds };
/** Retries and sleeps cost no time; timeouts take theirs. */
const jumping: MachineTime = { jumps: true, in: afterSeconds };

export interface StepFunctions {
  readonly client: SFNClient;
  readonly address: string;
  readonly executions: ReadonlyMap<string, Execution>;
  /** Makes a machine, or gives it another definition: what runs goes on with its own. */
  deploy(machine: string, definition: Definition): void;
  /** Names of the operations that were asked for. */
  readonly asked: readonly string[];
  /** The error, by operation, that is answered instead of anything else. */
  readonly refusals: Map<string, string>;
  close(): Promise<void>;
}

/**
 * Step Functions as far as runs need it, over its own protocol (AWS JSON 1.0): machines run on aws-local-stepfunctions, their functions
 * what the parts say.
 */
export async function openStepFunctions({
  functions,
  time = jumping,
  onEnd,
}: StepFunctionsParts): Promise<StepFunctions> {
  const machines = new Map<string, Definition>();
  const executions = new Map<string, Execution>();
  const asked: string[] = [];
  const refusals = new Map<string, string>();

  const found = ({ executionArn }: Body): Execution => {
    const execution = executions.get(executionArn as string);
    if (execution === undefined) throw new Refusal('ExecutionDoesNotExist', String(executionArn));
    return execution;
  };
  const waiter = ({ taskToken }: Body) => {
    const token = taskToken as string;
    const owner = [...executions.values()].find(({ tokens }) => tokens.has(token));
    if (owner === undefined) throw new Refusal('InvalidToken', 'Invalid Token');
    const waiting = owner.tokens.get(token);
    if (waiting === undefined || waiting === 'over')
      throw new Refusal('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    return waiting;
  };

  const operations: Readonly<Record<string, (body: Body) => object>> = {
    StartExecution(body) {
      const { stateMachineArn: machine, name = randomUUID(), input = '{}' } = body as Record<string, string>;
      const definition = machines.get(machine as string);
      if (machine === undefined || definition === undefined)
        throw new Refusal('StateMachineDoesNotExist', `${machine}`);
      if (!NAME.test(name)) throw new Refusal('InvalidName', name);
      if (Buffer.byteLength(input) > LARGEST_INPUT) throw new Refusal('ValidationException', 'input is too long');
      const arn = `${machine.replace(':stateMachine:', ':execution:')}:${name}`;
      const known = executions.get(arn);
      if (known !== undefined && (known.status !== 'RUNNING' || known.input !== input))
        throw new Refusal('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
      const execution =
        known ?? startExecution({ arn, machine, name, input, definition, functions, time, ...(onEnd && { onEnd }) });
      executions.set(arn, execution);
      return { executionArn: arn, startDate: execution.startDate };
    },
    DescribeExecution(body) {
      const { arn, machine, name, status, input, startDate, stopDate, ending } = found(body);
      return { executionArn: arn, stateMachineArn: machine, name, status, input, startDate, stopDate, ...ending };
    },
    StopExecution(body) {
      const execution = found(body);
      execution.stop(body as { error?: string; cause?: string });
      return { stopDate: execution.stopDate };
    },
    GetExecutionHistory(body) {
      const { events } = found(body);
      const { maxResults = 100, nextToken = '0' } = body;
      const end = Number(nextToken) + Number(maxResults);
      const page = events.slice(Number(nextToken), end);
      return end < events.length ? { events: page, nextToken: String(end) } : { events: page };
    },
    SendTaskSuccess(body) {
      waiter(body).succeed(JSON.parse(body.output as string) as Json);
      return {};
    },
    SendTaskFailure(body) {
      const { error = '', cause = '' } = body as Record<string, string>;
      waiter(body).fail(error, cause);
      return {};
    },
  };

  const server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).replace('AWSStepFunctions.', '');
    asked.push(operation);
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    try {
      const perform = operations[operation];
      const refusal = refusals.get(operation);
      if (refusal !== undefined) throw new Refusal(refusal, 'as the test wants it');
      if (perform === undefined) throw new Refusal('UnknownOperationException', operation);
      response.end(JSON.stringify(perform(JSON.parse(await text(request)) as Body)));
    } catch (error) {
      const { name, message } = error as Error;
      response.statusCode = error instanceof Refusal ? 400 : 500;
      response.end(JSON.stringify({ __type: name, message }));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new SFNClient({
    endpoint: address,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

  return {
    client,
    address,
    executions,
    asked,
    refusals,
    deploy: (machine, definition) => void machines.set(machine, definition),
    async close() {
      for (const execution of executions.values()) execution.stop({});
      client.destroy();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function afterSeconds(seconds: number | undefined, ring: () => void): () => void {
  if (seconds === undefined) return () => undefined;
  const timer = setTimeout(ring, seconds * 1000);
  return () => clearTimeout(timer);
}
