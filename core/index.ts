export type { StandardSchemaV1 } from '@standard-schema/spec';
export { type App, type AppOptions, app } from './app.ts';
export { type ErrorValue, Failure, invalidInput } from './error.ts';
export { readJson } from './http/body.ts';
export { clientAddress } from './http/client-address.ts';
export { type HttpFunction, type HttpOptions, http } from './http/http.ts';
export { type Problem, problem } from './http/problem.ts';
export type { Json } from './json.ts';
export { type DescribeOptions, describe, type ResponseDescription } from './openapi/describe.ts';
export type { Access, Clients, Mode, Resource, Uses } from './resources/access.ts';
export {
  type Body,
  type Bucket,
  type BucketClient,
  type BucketReader,
  type BucketWriter,
  bucket,
  type GetOptions,
  type ListOptions,
  type ObjectInfo,
  type Page,
  type PutOptions,
  type SignedUrl,
  type SignOptions,
  type StoredObject,
  type UploadOptions,
} from './resources/bucket.ts';
export {
  type DeadLetter,
  type Depth,
  type Outgoing,
  type Queue,
  type QueueReader,
  type QueueWriter,
  queue,
  type Received,
  type ReceiveOptions,
  type SendOptions,
  type Sent,
} from './resources/queue.ts';
export { type Secret, type SecretReader, secret } from './resources/secret.ts';
export {
  type Amounts,
  type Changes,
  type Document,
  type Fields,
  type LifeOptions,
  type MatchOptions,
  type QueryOptions,
  type Table,
  type TableKey,
  type TableReader,
  type TableWrite,
  type TableWriter,
  table,
} from './resources/table.ts';
export {
  consume,
  type ObjectEvent,
  onObject,
  type ScheduleEvent,
  schedule,
  type Trigger,
  type TriggerContext,
} from './triggers/trigger.ts';
export { check } from './workflow/check.ts';
export {
  attempt,
  type CaughtError,
  choose,
  compensate,
  fail,
  map,
  parallel,
  repeat,
  run,
  sleep,
  waitFor,
  when,
} from './workflow/combinators.ts';
export { and, eq, gt, gte, length, lt, lte, ne, not, or, present, some } from './workflow/condition.ts';
export { DefinitionError, type Diagnostic, type DiagnosticCode } from './workflow/diagnostic.ts';
export { fromIR, type StepCode } from './workflow/from-ir.ts';
export type { WorkflowIR } from './workflow/ir.ts';
export { mermaid } from './workflow/mermaid.ts';
export type { RetryOptions } from './workflow/retry.ts';
export type { RunReader, RunStarter, RunStatus, Started, StartOptions } from './workflow/runs.ts';
export { large, type Step, type StepContext, type StepDefinition, type StepOptions, step } from './workflow/step.ts';
export type { Arg, Condition, Large, Out, Ref } from './workflow/types.ts';
export { toIR, type Workflow, type WorkflowOptions, workflow } from './workflow/workflow.ts';
