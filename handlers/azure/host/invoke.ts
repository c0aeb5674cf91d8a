import { Failure } from '../../../core/error.ts';
import { type Call, unsupported } from './caller.ts';
import { dataOfText } from './expression.ts';
import type { HostFunction } from './functions.ts';
import type { Timers } from './timer-trigger.ts';
import { fromTyped, toTyped } from './typed-data.ts';

export interface InvokeOptions {
  /** What the trigger brings: text and bytes as they are, all else as JSON. @default nothing */
  readonly input?: unknown;
  /** What `context.triggerMetadata` and expressions such as `{name}` are to have. @default {} */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export interface Invoked {
  /** What the handler returned, as the host took it from the worker. */
  readonly value: unknown;
  /** By the name of the binding. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** @throws Failure `Unsupported` for what has other doors: HTTP has `fetch`, orchestrations and activities have the engine. */
export async function invokeFunction(
  called: HostFunction,
  { input, metadata = {} }: InvokeOptions = {},
  { call, timers }: { readonly call: Call; readonly timers: Timers },
): Promise<Invoked> {
  if (called.unsupported !== undefined) throw unsupported(called);
  if (called.kind === 'timer') {
    await timers.run(called);
    return { value: undefined, outputs: {} };
  }
  if (called.kind === 'http' || called.kind === 'orchestration')
    throw new Failure({
      name: 'Unsupported',
      message: `${called.name} is not called by hand: ask its URL, or start it by durable.start`,
    });
  const { returnValue, outputData } = await call(called, {
    data: toTyped(input),
    triggerMetadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, toTyped(value)])),
    names: { ...(typeof input === 'string' ? dataOfText(input) : {}), ...metadata },
    reason: 'by hand',
  });
  return {
    value: fromTyped(returnValue),
    outputs: Object.fromEntries(outputData.map(({ name, data }) => [name, fromTyped(data)])),
  };
}
