export { type LambdaContext, type LambdaHandler, type LambdaParts, lambda } from './events/lambda.ts';
export { environmentOf, type Variable, variablesOf } from './functions/environment.ts';
export type { HttpResult } from './http/http-kind.ts';
export { toRequest, toResult } from './http/kinds.ts';
export { lambdaStream } from './http/lambda-stream.ts';
export { type ActionGrant, actionsByMethod, actionsFor, type ClientKind } from './resources/actions.ts';
