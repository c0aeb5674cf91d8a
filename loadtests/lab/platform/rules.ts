/** Where a number comes from: a page, or what the lab chose within what the page allows. */
export interface Sourced {
  readonly source: string;
}

/** How a load balancer finds out who is there, and what it does with a request that it cannot hand on. */
export interface BalancerRules extends Sourced {
  readonly probe: {
    readonly path: string;
    readonly everySeconds: number;
    readonly timeoutSeconds: number;
    /** Failed probes in a row after which an instance gets no more requests. */
    readonly unhealthyAfter: number;
    /** Good probes in a row after which it gets requests again. */
    readonly healthyAfter: number;
  };
  /**
   * What a client sees of a connection that failed behind the balancer: one that passes packets on resets, one that speaks HTTP
   * answers 502.
   */
  readonly failure: 'reset' | 'bad-gateway';
  /** How often a request without a body is tried on another instance when a connection failed before an answer began. */
  readonly retries: number;
  /** Seconds that an instance which leaves may finish its requests. */
  readonly drainSeconds: number;
}

/** A control loop that looks at the average CPU of all instances. */
export interface AutoscaleRules extends Sourced {
  readonly least: number;
  readonly most: number;
  readonly everySeconds: number;
  /** The average is taken over so many seconds. */
  readonly windowSeconds: number;
  readonly outAbove: number;
  readonly inBelow: number;
  /** Seconds after each step in which there is no other. */
  readonly coolDownSeconds: number;
  /** Seconds until a new instance begins to boot. */
  readonly provisionSeconds: number;
}

/** Instances that come with the requests and go with them; each serves one request at a time. */
export interface OnDemandRules extends Sourced {
  readonly most: number;
  /** At most one new instance in so many seconds. */
  readonly everySeconds: number;
  /** An instance without a request goes after so many seconds. */
  readonly idleSeconds: number;
  /** Seconds that a request waits for an instance before it is refused with 503. */
  readonly waitSeconds: number;
}

/**
 * The Azure Load Balancer of a scale set: it passes packets on, so that there are no retries, and a connection that fails is the
 * client's to see. Interval and threshold are the user's; 5 s and 2 are the lab's choice, 5 s being the shortest.
 */
export const AZURE_LOAD_BALANCER: BalancerRules = {
  probe: { path: '/', everySeconds: 5, timeoutSeconds: 5, unhealthyAfter: 2, healthyAfter: 1 },
  failure: 'reset',
  retries: 0,
  drainSeconds: 30,
  source: 'https://learn.microsoft.com/azure/load-balancer/load-balancer-custom-probe-overview',
};

/**
 * The same probes before a balancer that speaks HTTP and tries again: haproxy's `retries 3`, `option redispatch 1`, `retry-on
 * conn-failure empty-response`.
 */
export const RETRYING_BALANCER: BalancerRules = {
  ...AZURE_LOAD_BALANCER,
  failure: 'bad-gateway',
  retries: 3,
  source: 'https://docs.haproxy.org/2.6/configuration.html#4-retry-on',
};

/** The front end of App Service and of Functions: HTTP, and an instance is known by whether it answers. */
export const AZURE_FRONT_END: BalancerRules = {
  ...AZURE_LOAD_BALANCER,
  failure: 'bad-gateway',
  source: 'https://learn.microsoft.com/azure/app-service/monitor-instances-health-check',
};

/** The rule of the lab's handout: 1 to 3 instances, one more when CPU was above 50 % for a minute. */
export const AZURE_AUTOSCALE: AutoscaleRules = {
  least: 1,
  most: 3,
  everySeconds: 10,
  windowSeconds: 60,
  outAbove: 0.5,
  inBelow: 0.3,
  coolDownSeconds: 60,
  provisionSeconds: 15,
  source: 'https://learn.microsoft.com/azure/azure-monitor/autoscale/autoscale-best-practices',
};

/** HTTP functions on Azure: at most one new instance a second. `most` is what this machine bears; the cloud has 200. */
export const AZURE_FUNCTIONS: OnDemandRules = {
  most: 4,
  everySeconds: 1,
  idleSeconds: 300,
  waitSeconds: 5,
  source: 'https://learn.microsoft.com/azure/azure-functions/event-driven-scaling',
};

/** Seconds below which a probe would find out more about a busy laboratory than about an instance. */
const LEAST_TIMEOUT = 2;

/** The rules on a clock that runs `pace` times as fast: what a cloud's control loop does in a minute takes 60 / pace seconds. */
export function balancerAt(rules: BalancerRules, pace: number): BalancerRules {
  const { probe } = rules;
  return {
    ...rules,
    probe: {
      ...probe,
      everySeconds: probe.everySeconds / pace,
      timeoutSeconds: Math.max(LEAST_TIMEOUT, probe.timeoutSeconds / pace),
    },
    drainSeconds: rules.drainSeconds / pace,
  };
}

export function autoscaleAt(rules: AutoscaleRules, pace: number): AutoscaleRules {
  return {
    ...rules,
    everySeconds: rules.everySeconds / pace,
    windowSeconds: rules.windowSeconds / pace,
    coolDownSeconds: rules.coolDownSeconds / pace,
    provisionSeconds: rules.provisionSeconds / pace,
  };
}
