export { type Dev, type DevOptions, type Outcome, open } from './sandbox/in-process/open.ts';
export { type Served, type ServeOptions, serve } from './sandbox/serve.ts';
