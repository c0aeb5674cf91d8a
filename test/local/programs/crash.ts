import { open } from 'skein/local/dev';
import flows from './flows.ts';

/** Runs one of the flows as run `r1` and prints its outcome; killed and started again it goes on where it was. */
const [name = '', data = ''] = process.argv.slice(2);
const room = await open(flows, { data, clock: 'virtual' });
await room.start(name, null, { id: 'r1' });
if (name === 'awaited') {
  // Their keys make sending them again after a crash harmless; a run that is over takes none.
  const over = (error: Error): void => {
    if (error.name !== 'Conflict') throw error;
  };
  for (const value of [1, 2]) await room.event('r1', 'go', value, { key: `go-${value}` }).catch(over);
}
const outcome = await room.result('r1');
await room.close();
process.stdout.write(`${JSON.stringify(outcome)}\n`);
