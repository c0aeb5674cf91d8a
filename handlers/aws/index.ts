export { type LambdaContext, type LambdaHandler, type LambdaParts, lambda } from './events/lambda.ts';
export type { HttpResult } from './http/http-kind.ts';
export { toRequest, toResult } from './http/kinds.ts';
export { lambdaStream } from './http/lambda-stream.ts';
