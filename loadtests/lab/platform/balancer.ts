import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openProbes } from './probes.ts';
import type { BalancerRules } from './rules.ts';

/** Something that serves behind the balancer. */
export interface Backend {
  readonly name: string;
  readonly url: URL;
}

export interface BalancerOptions {
  readonly rules: BalancerRules;
  /** Requests at a time for each backend; more wait in the balancer. @default no limit */
  readonly concurrency?: number;
  /** Seconds that a request may wait for a backend. @default it is refused at once */
  readonly waitSeconds?: number;
  /** Called when probes have found that a backend is there, or is not. */
  readonly onHealth: (backend: Backend, healthy: boolean) => void;
  /** Called with the first request. */
  readonly onFirst: () => void;
}

export interface Balancer {
  readonly url: string;
  add(backend: Backend): void;
  /** It gets no more requests; resolves when those that it has are answered, or when the rules' drain is over. */
  drain(backend: Backend): Promise<void>;
  /** Forgets a backend that is gone. */
  remove(backend: Backend): void;
  /** Requests that wait for a backend. */
  waiting(): number;
  /** Requests that a backend works on. */
  present(backend: Backend): number;
  /** Cuts the balancer off from a backend that is well. */
  partition(name: string, cut: boolean): void;
  /** Refuses with 429 what is more than so many requests a second; undefined ends it. */
  throttle(perSecond: number | undefined): void;
  close(): Promise<void>;
}

interface Member {
  readonly backend: Backend;
  up: boolean;
  leaving: boolean;
  present: number;
}

interface Waiting {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly late: NodeJS.Timeout;
}

/** A load balancer in round robin, with health probes, by a cloud's rules. */
export async function openBalancer(options: BalancerOptions): Promise<Balancer> {
  const { rules, concurrency = Number.POSITIVE_INFINITY, waitSeconds = 0 } = options;
  const agent = new Agent({ keepAlive: true });
  const members: Member[] = [];
  const queue: Waiting[] = [];
  const cut = new Set<string>();
  let turn = 0;
  let first = true;
  let limit: { readonly perSecond: number; tokens: number; at: number } | undefined;

  const pick = (but: readonly Member[] = []): Member | undefined => {
    for (let k = 0; k < members.length; k++) {
      const member = members[turn++ % members.length] as Member;
      if (member.up && !member.leaving && member.present < concurrency && !but.includes(member)) return member;
    }
    return undefined;
  };

  const serveWaiting = (): void => {
    while (queue.length > 0) {
      const member = pick();
      if (member === undefined) return;
      const { request, response, late } = queue.shift() as Waiting;
      clearTimeout(late);
      send(request, response, member, []);
    }
  };

  const take = (request: IncomingMessage, response: ServerResponse): void => {
    if (first) {
      first = false;
      options.onFirst();
    }
    const member = limit === undefined || passes(limit) ? pick() : null;
    if (member === null) refuse(response, 429, 'throttled');
    else if (member !== undefined) send(request, response, member, []);
    else if (waitSeconds === 0) fail(response, 'nobody');
    else wait(request, response);
  };

  const wait = (request: IncomingMessage, response: ServerResponse): void => {
    const late = setTimeout(() => {
      queue.splice(queue.indexOf(waiting), 1);
      refuse(response, 503, 'waited');
    }, waitSeconds * 1000);
    const waiting: Waiting = { request, response, late };
    queue.push(waiting);
    // Who has gone waits no longer.
    response.once('close', () => {
      clearTimeout(late);
      if (queue.includes(waiting)) queue.splice(queue.indexOf(waiting), 1);
    });
  };

  const fail = (response: ServerResponse, why: string): void => {
    if (rules.failure === 'reset') response.socket?.resetAndDestroy();
    else refuse(response, 502, why);
  };

  const send = (request: IncomingMessage, response: ServerResponse, member: Member, tried: readonly Member[]): void => {
    member.present++;
    let over = false;
    const done = (): void => {
      if (over) return;
      over = true;
      member.present--;
      serveWaiting();
    };
    const failed = (): void => {
      done();
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const next = [...tried, member];
      const bare = request.method === 'GET' || request.method === 'HEAD';
      const other = bare && next.length <= rules.retries && !response.destroyed ? (pick(next) ?? pick()) : undefined;
      if (other !== undefined) send(request, response, other, next);
      else fail(response, 'failed');
    };
    const { name, url } = member.backend;
    if (cut.has(name)) {
      // Nothing comes back over a cut line, not even a refusal.
      setTimeout(failed, rules.probe.timeoutSeconds * 1000);
      return;
    }
    const { hostname: host, port } = url;
    const up = httpRequest({ host, port, path: request.url, method: request.method, headers: request.headers, agent });
    up.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.once('close', () => {
        done();
        if (!answer.complete) response.destroy();
      });
    });
    up.once('error', failed);
    request.pipe(up);
  };

  const server = createServer(take);
  server.listen(0, '127.0.0.1');
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  const probes = openProbes(rules.probe, cut, (name, healthy) => {
    const member = members.find(({ backend }) => backend.name === name);
    if (member === undefined || member.up === healthy) return;
    member.up = healthy;
    options.onHealth(member.backend, healthy);
    if (healthy) serveWaiting();
  });

  const remove = (backend: Backend): void => {
    probes.remove(backend);
    const at = members.findIndex((one) => one.backend.name === backend.name);
    if (at >= 0) members.splice(at, 1);
  };
  const memberOf = (backend: Backend): Member | undefined => members.find((one) => one.backend.name === backend.name);

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add(backend) {
      members.push({ backend, up: true, leaving: false, present: 0 });
      probes.add(backend);
      serveWaiting();
    },
    async drain(backend) {
      const member = memberOf(backend);
      if (member === undefined) return;
      member.leaving = true;
      const until = performance.now() + rules.drainSeconds * 1000;
      while (member.present > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
      remove(backend);
    },
    remove,
    waiting: () => queue.length,
    present: (backend) => memberOf(backend)?.present ?? 0,
    partition: (name, wanted) => void (wanted ? cut.add(name) : cut.delete(name)),
    throttle(perSecond) {
      limit = perSecond === undefined ? undefined : { perSecond, tokens: perSecond, at: performance.now() };
    },
    async close() {
      probes.close();
      for (const { late } of queue) clearTimeout(late);
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

/** A bucket of tokens that holds a second's worth. */
function passes(limit: { readonly perSecond: number; tokens: number; at: number }): boolean {
  const now = performance.now();
  limit.tokens = Math.min(limit.perSecond, limit.tokens + ((now - limit.at) / 1000) * limit.perSecond);
  limit.at = now;
  if (limit.tokens < 1) return false;
  limit.tokens--;
  return true;
}

function refuse(response: ServerResponse, status: number, why: string): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'text/plain', 'retry-after': '1', 'x-lab-refused': why });
  response.end(why);
}
