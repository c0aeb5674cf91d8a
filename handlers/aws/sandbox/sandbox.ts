import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { Json } from '../../../core/json.ts';
import { LambdaError } from './lambda-error.ts';
import { ricProgram } from './ric.ts';

/** A function as it is packaged. */
export interface FunctionSpec {
  /** As it is deployed. */
  readonly name: string;
  readonly arn: string;
  /** Where its archive was unpacked. */
  readonly folder: string;
  /** `index.handler` */
  readonly handler: string;
  /** Seconds. */
  readonly timeout: number;
  /** MiB; only told to the function. */
  readonly memory: number;
  /** All that it sees of an environment, beside what Lambda itself puts there. */
  readonly env: Readonly<Record<string, string>>;
}

/** One process of a function, which has one event at a time. */
export interface Sandbox {
  readonly pid: number;
  /** Milliseconds from the start of the process until it asked for its first event. */
  readonly coldStart: number;
  /** Whether it takes another event. */
  readonly alive: boolean;
  /** @throws LambdaError (rejects) */
  invoke(event: Json): Promise<Json>;
  kill(): Promise<void>;
}

interface Invocation {
  readonly id: string;
  readonly body: string;
  readonly timer: NodeJS.Timeout;
  readonly ended: PromiseWithResolvers<Json>;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LARGEST = 6 * 1024 * 1024;
/** Milliseconds that a process has to come up. Lambda gives it 10 seconds; this machine may have much else to do. */
const INIT = 60_000;

/**
 * Starts a function in a process of its own, with AWS's runtime interface client and a Runtime API on loopback that only it knows.
 * The process has no environment but the function's, and is killed where an event takes longer than the function's timeout.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 *
 * @param say told of each line that the process writes.
 * @throws LambdaError (rejects) where it does not come up.
 */
export async function openSandbox(spec: FunctionSpec, say: (line: string) => void): Promise<Sandbox> {
  const program = ricProgram();
  const ready = Promise.withResolvers<void>();
  let asking: ServerResponse | undefined;
  let current: Invocation | undefined;
  let failed: LambdaError | undefined;

  const finish = (settle: (invocation: Invocation) => void): void => {
    if (current === undefined) return;
    clearTimeout(current.timer);
    const over = current;
    current = undefined;
    settle(over);
  };
  const hand = (): void => {
    if (asking === undefined || current === undefined) return;
    const { id, body } = current;
    asking.writeHead(200, {
      ...jsonOf(body),
      'lambda-runtime-aws-request-id': id,
      'lambda-runtime-deadline-ms': String(Date.now() + spec.timeout * 1000),
      'lambda-runtime-invoked-function-arn': spec.arn,
      'lambda-runtime-trace-id': `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${id.replaceAll('-', '').slice(0, 24)};Sampled=0`,
    });
    asking.end(body);
    asking = undefined;
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, kind, id, end] = PATH.exec(request.url ?? '') ?? [];
    if (kind === undefined) return void response.writeHead(404).end();
    if (kind === 'invocation/next') {
      asking = response;
      ready.resolve();
      return hand();
    }
    const body = await text(request);
    response.writeHead(202, jsonOf(TAKEN)).end(TAKEN);
    if (end === undefined) {
      failed = LambdaError.from(body);
      return ready.reject(failed);
    }
    if (id !== current?.id) return;
    finish(({ ended }) => {
      if (end === 'error') ended.reject(LambdaError.from(body));
      else if (body.length > LARGEST)
        ended.reject(
          new LambdaError('Function.ResponseSizeTooLarge', `Response payload size exceeded ${LARGEST} bytes.`),
        );
      else ended.resolve(body === '' ? null : (JSON.parse(body) as Json));
    });
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const started = performance.now();
  const child = spawn(process.execPath, [program, spec.handler], {
    cwd: spec.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C is for this process alone, which lets requests end first.
    detached: true,
    env: { ...ownEnv(spec, (server.address() as AddressInfo).port), ...spec.env },
  });
  children.add(child);
  const gone = endOf(child).finally(() => children.delete(child));
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', say);
  void gone.then((how) => {
    const error = failed ?? new LambdaError('Runtime.ExitError', `Runtime exited with error: ${how}`);
    finish(({ id, ended }) =>
      ended.reject(failed ?? new LambdaError(error.name, `RequestId: ${id} Error: ${error.message}`)),
    );
    ready.reject(error);
    server.closeAllConnections();
    server.close();
  });
  const late = setTimeout(() => {
    failed = new LambdaError('Sandbox.Timedout', `Error: ${spec.name} did not start in ${INIT / 1000} seconds`);
    child.kill('SIGKILL');
  }, INIT);
  try {
    await ready.promise;
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(late);
  }
  const coldStart = performance.now() - started;

  return {
    coldStart,
    pid: child.pid ?? 0,
    get alive() {
      return child.exitCode === null && child.signalCode === null && !child.killed;
    },
    invoke(event) {
      const body = JSON.stringify(event);
      if (body.length > LARGEST)
        return Promise.reject(
          new LambdaError('RequestTooLargeException', `Request must be smaller than ${LARGEST} bytes`),
        );
      const id = randomUUID();
      const ended = Promise.withResolvers<Json>();
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        const message = `RequestId: ${id} Error: Task timed out after ${spec.timeout.toFixed(2)} seconds`;
        finish((over) => over.ended.reject(new LambdaError('Sandbox.Timedout', message)));
      }, spec.timeout * 1000);
      current = { id, body, timer, ended };
      hand();
      return ended.promise;
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

const TAKEN = '{"status":"OK"}';

/** With its length an answer leaves in one write; without it, it is chunked. */
function jsonOf(body: string): Record<string, string> {
  return { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
}

const PATH = /^\/2018-06-01\/runtime\/(invocation\/next|invocation\/([^/]+)\/(response|error)|init\/error)$/;

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
function ownEnv(spec: FunctionSpec, port: number): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    _HANDLER: spec.handler,
    LAMBDA_TASK_ROOT: spec.folder,
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memory),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${spec.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: randomUUID(),
    AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
  };
}

async function endOf(child: ChildProcess): Promise<string> {
  const [code, signal] = (await Promise.race([
    once(child, 'exit'),
    once(child, 'error').then(([error]) => [String(error), null]),
  ])) as [number | string | null, NodeJS.Signals | null];
  return signal === null ? `exit status ${code}` : `signal: ${signal}`;
}
