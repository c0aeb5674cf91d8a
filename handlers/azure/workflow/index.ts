export { ACTIVITY, LANE, ORCHESTRATOR } from './durable.ts';
export { type Answer, CANCELLED, type StepWork } from './envelope.ts';
export { cancelRun, type InstanceClient, progressOf, stopLanes } from './lanes.ts';
export { orchestrate } from './orchestrate.ts';
export { type InstanceStatus, type Outcome, outcomeOf, startInput } from './outcome.ts';
export { performActivity, type Watch } from './perform.ts';
export { eventInput, eventName } from './waits.ts';
