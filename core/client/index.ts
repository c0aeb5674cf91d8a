export type { Failure } from '../error.ts';
export type { BucketOverHttp, ObjectEntry, PutBody } from './bucket.ts';
export {
  type Client,
  client,
  type InputOf,
  type ListFilter,
  type OutputOf,
  type Over,
  type Run,
  type Status,
  type WaitOptions,
  type Workflows,
} from './client.ts';
export { type RouteOptions, type RoutesOf, routes } from './routes.ts';
export type { ClientOptions, Fetch } from './transport.ts';
