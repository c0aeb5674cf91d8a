// Performs operations 1, 2, … on the queue in the file given, and tells before and after each: `begin {effect}`, `done`.
import { writeSync } from 'node:fs';
import type { Received } from '../../../core/resources/queue.ts';
import { faultsFrom } from '../../../handlers/local/fault.ts';
import { openQueues } from '../../../handlers/local/queue.ts';
import { step } from './queue-operations.ts';

const [file = '', last = ''] = process.argv.slice(2);
const queues = openQueues({ file, fault: faultsFrom(process.env) });
const queue = queues.queue({ kind: 'queue', name: 'crash', attempts: 100 });
const held: Received<unknown>[] = [];
for (let n = 1; n <= Number(last); n++) {
  const [effect, perform] = step(queue, n, held);
  writeSync(1, `begin ${JSON.stringify(effect)}\n`);
  await perform();
  writeSync(1, 'done\n');
}
queues.close();
