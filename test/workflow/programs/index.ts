import type { Json, Workflow } from '../../../core/index.ts';
import approval from './approval.ts';
import children from './children.ts';
import chooseChain from './choose-chain.ts';
import errorPath from './error-path.ts';
import mapReduce from './map-reduce.ts';
import nestedMaps from './nested-maps.ts';
import retryLoop from './retry-loop.ts';
import saga from './saga.ts';

/** The goldens' programs, each with an input that it ends well with. */
export const PROGRAMS: readonly (readonly [program: Workflow, input: Json])[] = [
  [mapReduce, { prefix: 'corpus/', parts: 2, reducers: 2 }],
  [saga, { id: '7', amount: 10 }],
  [approval, { amount: 50, manager: 'ada', deputy: 'bob' }],
  [nestedMaps, { widths: [100, 200], albums: [{ photos: [{ key: 'a' }], owner: {} }] }],
  [retryLoop, { job: 'j' }],
  [children, { price: 3, fees: [1, 2] }],
  [chooseChain, { status: 'new', score: 95, urgent: false, contact: null }],
  [errorPath, { key: 'a.png' }],
];
