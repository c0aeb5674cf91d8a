import { semanticsSuite } from '../conformance/semantics/semantics-suite.ts';
import { open } from './asl-room.ts';

semanticsSuite({
  name: 'compiled States Language',
  open: (app) => open(app),
  deviations: [
    {
      clause: 33,
      title: 'a step at work is told by its signal, and awaited; its own error does not count',
      reason: 'Step Functions neither tells a Lambda function that a sibling failed nor waits for it',
    },
    {
      clause: 41,
      title: 'what is still needed is bounded together, uncatchable',
      reason: 'the interpreter has no bound on a state; Step Functions itself refuses one over 256 KiB',
    },
  ],
});
