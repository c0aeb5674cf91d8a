import { test, vi } from 'vitest';
import { open } from '../../../handlers/aws/dev.ts';
import { FAUXQS_WANTED, hasFauxqs } from '../../../handlers/aws/sandbox/tools.ts';
import { triggersSuite } from '../../conformance/triggers.ts';

vi.setConfig({ testTimeout: 240_000 });

if (hasFauxqs) triggersSuite({ name: 'skein/aws/dev', open: (app) => open(app) });
else test.skip(`SKIPPED triggers of skein/aws/dev: ${FAUXQS_WANTED}`, () => undefined);
