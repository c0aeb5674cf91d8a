import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FunctionProcess, FunctionProcesses } from './functions.ts';
import type { Report, Worker } from './messages.ts';
import { openSlots, type Slot, type SlotRules } from './slots.ts';

/** The Runtime API of Lambda's function processes, as this process serves it. */
export interface RuntimeApi {
  /** A user's request is there, and waits for a function's process. */
  came(id: string): void;
  /** Who serves a user's request, once somebody does. */
  whoHas(id: string): Worker | undefined;
  forget(id: string): void;
  /** Whether it was a call of the Runtime API; `pass` hands it on. */
  take(request: IncomingMessage, response: ServerResponse, pass: () => void): boolean;
}

interface Work {
  readonly id: string;
  readonly slot: Slot;
}

const PATH = /^\/2018-06-01\/runtime\/invocation\/(next$|[^/]+\/(?:response|error)$)/;

/**
 * Gives each request of a user that a function's process fetches a slot there: its result is taken when the slot is over, and until
 * then the process gets no other event. Events that no user waits for pass as they are.
 */
export function openRuntimeApi(
  rules: SlotRules,
  functions: FunctionProcesses,
  slowMs: () => number,
  report: (what: Report) => void,
): RuntimeApi {
  const waiting = new Map<string, number>();
  const serving = new Map<string, Worker>();
  const working = new Map<FunctionProcess, Work>();

  const handed = (process: FunctionProcess, body: unknown): void => {
    const id = userOf(body);
    if (id === undefined) return;
    const now = performance.now();
    // It has one request at a time, so that its slot begins now.
    const slot = openSlots({ ...rules, slots: 1 }).reserve(now) as Slot;
    const { instance, pid } = process;
    working.set(process, { id, slot });
    serving.set(id, { instance, pid });
    const waitMs = now - (waiting.get(id) ?? now);
    report({ kind: 'begin', id, at: Date.now(), waitMs, slotMs: slot.end - slot.start, instance, pid });
  };

  const answered = ({ instance, pid }: FunctionProcess, { id, slot }: Work, pass: () => void): void => {
    const leave = slot.end + slowMs();
    const go = (): void => {
      report({
        ...{ kind: 'end', id, at: Date.now(), instance, pid },
        lateMs: Math.max(0, performance.now() - leave),
      });
      pass();
    };
    const left = leave - performance.now();
    if (left > 0) setTimeout(go, left);
    else go();
  };

  return {
    came: (id) => void waiting.set(id, performance.now()),
    whoHas: (id) => serving.get(id),
    forget(id) {
      waiting.delete(id);
      serving.delete(id);
    },
    take(request, response, pass) {
      const [, call] = PATH.exec(request.url ?? '') ?? [];
      const process = call === undefined ? undefined : functions.at(request.socket.localPort);
      if (process === undefined) return false;
      if (call === 'next') {
        process.ready();
        const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
        response.end = ((...args: unknown[]) => {
          handed(process, args[0]);
          return end(...args);
        }) as ServerResponse['end'];
        pass();
        return true;
      }
      const work = working.get(process);
      working.delete(process);
      if (work === undefined) pass();
      else answered(process, work, pass);
      return true;
    },
  };
}

/** The name of a user's request in the event of an HTTP API. */
function userOf(body: unknown): string | undefined {
  if (typeof body !== 'string') return undefined;
  const event = JSON.parse(body) as { readonly headers?: Readonly<Record<string, unknown>> } | null;
  const id = event?.headers?.['x-lab-request'];
  return typeof id === 'string' ? id : undefined;
}
