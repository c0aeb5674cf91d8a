import { open } from '../../handlers/local/dev.ts';
import { triggersSuite } from '../conformance/triggers.ts';

triggersSuite({ name: 'local', open: (app) => open(app) });
