import { checkedSettings, type Settings } from '../../../deploy/aws/settings.ts';

/** What serverless.yml gives. */
export const GIVEN = {
  service: 'skein',
  stage: 'dev',
  region: 'us-east-1',
  skein: {
    module: './apps/index.ts',
    concurrency: { http: 40, step: 40, control: 10, trigger: 10 },
    requestsPerAddress: 2000,
    throttle: { rate: 200, burst: 400 },
  },
};
export const SETTINGS: Settings = checkedSettings(GIVEN);
