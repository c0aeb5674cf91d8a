import { availableParallelism } from 'node:os';
import { invalidInput } from '../../../../core/error.ts';

/** How much of a kind runs at once in one host. */
export interface Limits {
  /** @default ten for each core */
  readonly maxConcurrentActivityFunctions?: number;
  /** @default ten for each core */
  readonly maxConcurrentOrchestratorFunctions?: number;
}

/**
 * What the extension takes where host.json says nothing: on a dedicated plan ten for each core, on the Consumption plan these.
 *
 * https://github.com/Azure/azure-functions-durable-extension, AzureStorageDurabilityProviderFactory.cs
 */
const CONSUMPTION: Required<Limits> = {
  maxConcurrentActivityFunctions: 10,
  maxConcurrentOrchestratorFunctions: 5,
};

/** @throws Failure `InvalidInput` naming the limit that is no whole number above 0. */
export function readLimits(limits: Limits | 'consumption' = {}): Required<Limits> {
  if (limits === 'consumption') return CONSUMPTION;
  const each = 10 * availableParallelism();
  const read = (name: keyof Limits): number => {
    const value = limits[name] ?? each;
    if (!Number.isSafeInteger(value) || value < 1)
      throw invalidInput(`limits.${name} is ${String(value)}; it takes a whole number from 1`, `limits.${name}`);
    return value;
  };
  return {
    maxConcurrentActivityFunctions: read('maxConcurrentActivityFunctions'),
    maxConcurrentOrchestratorFunctions: read('maxConcurrentOrchestratorFunctions'),
  };
}

/** Runs at most `size` tasks at once; the others wait in their order. */
export function slots(size: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = size;
  let head = 0;
  const next = (): void => {
    const wake = waiting[head];
    if (wake === undefined) {
      waiting.length = 0;
      head = 0;
      free++;
      return;
    }
    head++;
    wake();
  };
  return async (task) => {
    if (free > 0) free--;
    else await new Promise<void>((wake) => waiting.push(wake));
    try {
      return await task();
    } finally {
      next();
    }
  };
}
