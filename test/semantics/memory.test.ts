import { semanticsSuite } from '../conformance/semantics/semantics-suite.ts';
import { open } from '../support/memory-room.ts';
import { KNOWN } from './known.ts';

semanticsSuite({ name: 'the memory room', open, clock: true, deviations: KNOWN });
