import { runsSuite } from '../../conformance/runs.ts';
import { RUNS_APP } from '../../conformance/runs-app.ts';
import { openAwsRoom } from './aws-runs.ts';

runsSuite({ name: 'aws', open: () => openAwsRoom(RUNS_APP) });
