import { semanticsSuite } from '../conformance/semantics/semantics-suite.ts';
import { open } from '../support/memory-room.ts';

semanticsSuite({ name: 'the memory room', open, clock: true });
