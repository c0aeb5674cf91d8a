import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

type Write = (chunk: string | Uint8Array) => unknown;
type ResponseStream = NodeJS.WritableStream & {
  setContentType(type: string): void;
  _onBeforeFirstWrite?: (write: Write) => void;
};
type Handler = (event: unknown, stream: ResponseStream, context: object) => Promise<void>;

/** What the front receives: the head, and the body in the pieces in which it came. */
export interface Streamed {
  readonly contentType: string | undefined;
  readonly metadata: {
    readonly statusCode: number;
    readonly headers: Record<string, string>;
    readonly cookies: string[];
  };
  readonly body: Buffer;
  /** The error that the runtime reports behind a body that broke. */
  readonly error: string | undefined;
}

const DELIMITER = Buffer.alloc(8);
const ERROR_TYPE = 'lambda-runtime-function-error-type';

/**
 * The streaming half of Lambda's Node runtime and of the Runtime API behind it: a chunked POST over loopback, whose first write is
 * preceded by the metadata and eight null bytes.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
 */
export const streamingRuntime = {
  streamifyResponse: (handler: Handler): Handler => handler,
  HttpResponseStream: {
    from(stream: ResponseStream, metadata: object): ResponseStream {
      stream.setContentType('application/vnd.awslambda.http-integration-response');
      stream._onBeforeFirstWrite = (write) => {
        write(JSON.stringify(metadata));
        write(DELIMITER);
      };
      return stream;
    },
  },
};

/** Invokes a handler that `streamifyResponse` made; `onChunk` sees the bytes as they arrive. */
export async function invokeStreaming(
  handler: unknown,
  event: unknown,
  onChunk?: (sofar: string) => void,
): Promise<Streamed> {
  const received = Promise.withResolvers<Streamed>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      onChunk?.(Buffer.concat(chunks).toString());
    });
    request.on('end', () => {
      response.end();
      received.resolve(parsed(Buffer.concat(chunks), request.headers['content-type'], request.trailers[ERROR_TYPE]));
    });
    request.on('error', received.reject);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const post = httpRequest({ port, method: 'POST', headers: { trailer: ERROR_TYPE } });
  post.on('error', received.reject);
  post.on('response', (response) => response.resume());
  const stream = withMetadata(post as unknown as ResponseStream, (type) => post.setHeader('content-type', type));
  try {
    await (handler as Handler)(event, stream, {}).catch((error: Error) => {
      post.addTrailers({ [ERROR_TYPE]: error.name });
      post.end();
    });
    return await received.promise;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function withMetadata(stream: ResponseStream, setContentType: (type: string) => void): ResponseStream {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  let first = true;
  const own = {
    setContentType,
    write(chunk: unknown, ...rest: unknown[]): boolean {
      if (first) stream._onBeforeFirstWrite?.(write);
      first = false;
      // The runtime turns all else into JSON.
      const plain = typeof chunk === 'string' || Buffer.isBuffer(chunk) || chunk?.constructor === Uint8Array;
      return write(plain ? chunk : JSON.stringify(chunk), ...rest);
    },
  };
  return Object.assign(stream, own);
}

function parsed(bytes: Buffer, contentType: string | undefined, error: string | undefined): Streamed {
  const at = bytes.indexOf(DELIMITER);
  if (at < 0) throw new Error(`no metadata in ${JSON.stringify(bytes.toString())}`);
  return { contentType, metadata: JSON.parse(bytes.subarray(0, at).toString()), body: bytes.subarray(at + 8), error };
}
