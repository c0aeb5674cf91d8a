import type { Context, Events, Next } from './recorder.ts';

export { begin, failed, record } from './recorder.ts';

export function arrive(context: Context, _events: Events, next: Next): void {
  context.vars.state = 'get';
  context.vars.check = (status: number, body: string) => (status === 200 && body !== '' ? undefined : 'no page');
  next();
}
