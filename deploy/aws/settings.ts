import { checkedNumber } from '../../core/checked-number.ts';
import { checkedOptionNames } from '../../core/resources/name.ts';
import { SetupError } from '../../core/setup-error.ts';

/** How many environments of each kind of function there may be at once; 0 means no cap, except for triggers. */
export interface Concurrency {
  readonly http: number;
  readonly step: number;
  readonly control: number;
  readonly trigger: number;
}

/** What serverless.yml says about a deployment. */
export interface Settings {
  readonly service: string;
  readonly stage: string;
  readonly region: string;
  /** The module whose default export is the app list, relative to the checkout. */
  readonly module: string;
  readonly concurrency: Concurrency;
  /** In five minutes; 0 means no firewall. */
  readonly requestsPerAddress: number;
  /** Requests a second. */
  readonly throttle: { readonly rate: number; readonly burst: number };
}

/** A web ACL for CloudFront can only be made there: https://docs.aws.amazon.com/waf/latest/developerguide/cloudfront-features.html */
const FIREWALL_REGION = 'us-east-1';
const NAME = /^[a-z][a-z0-9-]{0,19}$/;

/** @throws SetupError or `InvalidInput` naming the setting. */
export function checkedSettings(given: Record<string, unknown>): Settings {
  const { service, stage, region, skein } = given as { service: string; stage: string; region: string; skein: Custom };
  for (const [what, value] of Object.entries({ service, stage }))
    if (!NAME.test(value))
      throw new SetupError(`${what}: '${value}' must be at most 20 lower-case letters, digits and hyphens`);
  checkedOptionNames('custom.skein', skein, ['module', 'concurrency', 'requestsPerAddress', 'throttle']);
  const { module, concurrency, requestsPerAddress, throttle } = skein;
  checkedOptionNames('custom.skein.concurrency', concurrency, ['http', 'step', 'control', 'trigger']);
  checkedOptionNames('custom.skein.throttle', throttle, ['rate', 'burst']);
  const number = (field: string, value: number, least: number, most: number): number =>
    checkedNumber(`custom.skein.${field}`, value, least, most);
  for (const kind of ['http', 'step', 'control'] as const)
    number(`concurrency.${kind}`, concurrency[kind], 0, MOST_RESERVED);
  number('concurrency.trigger', concurrency.trigger, 2, 1000);
  for (const kind of ['rate', 'burst'] as const) number(`throttle.${kind}`, throttle[kind], 1, 10_000);
  if (requestsPerAddress !== 0) number('requestsPerAddress', requestsPerAddress, 10, 2_000_000_000);
  if (requestsPerAddress !== 0 && region !== FIREWALL_REGION)
    throw new SetupError(
      `region: a firewall before CloudFront can only be made in ${FIREWALL_REGION}, not in ${region}; deploy there, or set custom.skein.requestsPerAddress to 0`,
    );
  return { service, stage, region, module, concurrency, requestsPerAddress, throttle };
}

type Custom = Pick<Settings, 'module' | 'concurrency' | 'requestsPerAddress' | 'throttle'>;

/** An account has 1,000, of which 100 cannot be reserved: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
export const MOST_RESERVED = 900;
