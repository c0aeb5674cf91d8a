import { semanticsSuite } from '../conformance/semantics/semantics-suite.ts';
import { open, reopen } from './durable-room.ts';

semanticsSuite({ name: 'Durable Functions', open: (app) => open(app), reopen, clock: true, deviations: [] });
