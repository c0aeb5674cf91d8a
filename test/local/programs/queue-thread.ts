// One of several threads that have a file of queues open: sends its own messages, then does whatever it receives until nothing comes.
import { parentPort, workerData } from 'node:worker_threads';
import { openQueues } from '../../../handlers/local/queue.ts';

const { file, thread, sends, consume } = workerData;
const queues = openQueues({ file });
const queue = queues.queue({ kind: 'queue', name: 'threads', attempts: 5 });
const done: string[] = [];

const produce = async () => {
  for (let n = 0; n < sends; n++) await queue.send(n, { key: `${thread}-${n}` });
};
const work = async () => {
  for (;;) {
    const got = await queue.receive({ max: 7, wait: 1, visibility: 600 });
    if (got.length === 0) return;
    for (const { key, receipt } of got) {
      await queue.ack(receipt);
      done.push(key);
    }
  }
};
await Promise.all(consume ? [produce(), work(), work()] : [produce()]);
queues.close();
parentPort?.postMessage(done);
