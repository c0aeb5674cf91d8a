import { get } from 'node:http';
import type { Backend } from './balancer.ts';
import type { BalancerRules } from './rules.ts';

export interface Probes {
  add(backend: Backend): void;
  remove(backend: Backend): void;
  close(): void;
}

/** Asks each backend now and then, and says when it has changed its mind about one. */
export function openProbes(
  rules: BalancerRules['probe'],
  cut: ReadonlySet<string>,
  onVerdict: (name: string, healthy: boolean) => void,
): Probes {
  const timers = new Map<string, NodeJS.Timeout>();
  return {
    add(backend) {
      let bad = 0;
      let good = 0;
      const verdict = (well: boolean): void => {
        if (!timers.has(backend.name)) return;
        bad = well ? 0 : bad + 1;
        good = well ? good + 1 : 0;
        if (bad === rules.unhealthyAfter) onVerdict(backend.name, false);
        if (good === rules.healthyAfter) onVerdict(backend.name, true);
      };
      const reached = (): boolean => !cut.has(backend.name);
      // An answer to what was asked before the cut does not come back over it either.
      const probe = async (): Promise<void> => verdict(reached() && (await answers(backend, rules)) && reached());
      timers.set(
        backend.name,
        setInterval(() => void probe(), rules.everySeconds * 1000),
      );
    },
    remove(backend) {
      clearInterval(timers.get(backend.name));
      timers.delete(backend.name);
    },
    close() {
      for (const timer of timers.values()) clearInterval(timer);
      timers.clear();
    },
  };
}

/** Whether there is an answer in time, and a good one: a reset or another status counts at once. */
function answers({ url }: Backend, { path, timeoutSeconds }: BalancerRules['probe']): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = get(
      {
        host: url.hostname,
        port: url.port,
        path,
        agent: false,
        headers: { connection: 'close' },
        signal: AbortSignal.timeout(Math.round(timeoutSeconds * 1000)),
      },
      (response) => {
        response.resume();
        response.once('close', () => resolve(response.statusCode === 200 && response.complete));
      },
    );
    asked.once('error', () => resolve(false));
  });
}
