import { pipeline } from 'node:stream/promises';
import type { App } from '../../../core/app.ts';
import { Failure } from '../../../core/error.ts';
import { type LambdaContext, type LambdaParts, prepare, requestOf, unsupported } from '../events/lambda.ts';
import { httpKindOf } from './kinds.ts';
import { headOf } from './response-head.ts';

type ResponseStream = NodeJS.WritableStream;
type StreamHandler = (event: unknown, stream: ResponseStream, context?: LambdaContext) => Promise<void>;

/**
 * What Lambda's Node runtime has as the global `awslambda`.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
 */
interface StreamingRuntime {
  streamifyResponse(handler: StreamHandler): unknown;
  readonly HttpResponseStream: { from(stream: ResponseStream, metadata: object): ResponseStream };
}

/**
 * A function whose answers leave while they are made: for function URLs with `InvokeMode: RESPONSE_STREAM`, which take up to 200 MB
 * so. Requests only.
 *
 * @throws `Unsupported` where the runtime does not stream.
 */
export function lambdaStream(app: App, parts: LambdaParts = {}): unknown {
  const runtime = (globalThis as { awslambda?: StreamingRuntime }).awslambda;
  if (runtime === undefined)
    throw new Failure({
      name: 'Unsupported',
      message: 'lambdaStream: this runtime has no awslambda.streamifyResponse',
    });
  const { fetch, room } = prepare(app, parts);
  return runtime.streamifyResponse(async (event, stream) => {
    const kind = httpKindOf(event);
    if (kind === undefined) throw unsupported(app, event);
    const response = await requestOf(kind, event, fetch, room.log);
    const out = runtime.HttpResponseStream.from(stream, headOf(response));
    // The metadata leaves with the first write, and an answer without a body would have none.
    out.write('');
    // Where the body breaks the runtime must still be able to say so: it ends the stream with the error.
    await pipeline(response.body ?? [], out, { end: false });
    out.end();
  });
}
