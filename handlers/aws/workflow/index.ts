export { compile, type Definition } from './compile.ts';
export { errorOf, StateError } from './errors.ts';
export type { FailPayload, SleepPayload, StepPayload, WaitPayload } from './payload.ts';
export { performControl, performStep, startInput } from './perform.ts';
