export { type Clock, systemClock, type VirtualClock, virtualClock } from './durable/clock.ts';
export { type Durable, type DurableOptions, type DurableStatus, type Invoker, openDurable } from './durable/engine.ts';
export { fileStore } from './durable/file-store.ts';
export { replay } from './durable/replay.ts';
export { type Host, type HostOptions, openHost } from './host.ts';
export type { Invoked, InvokeOptions } from './invoke.ts';
export type { Keys } from './keys.ts';
