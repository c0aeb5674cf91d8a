// One of several threads that have a file open: each writes its own documents, counts in a common one, and casts common votes.
import { workerData } from 'node:worker_threads';
import { openTables } from '../../../handlers/local/table.ts';

const { file, thread = 0, writes = 0 } = workerData;
const tables = openTables({ file });
const table = tables.table('threads');

async function increment(): Promise<void> {
  for (;;) {
    const current = await table.get({ partition: 'p', id: 'matched' });
    if (current === undefined) throw new Error('the document is not seen');
    const changes = { n: (current.value.n as number) + 1 };
    try {
      await table.update(current, changes, { ifMatch: current.version });
      return;
    } catch (error) {
      if ((error as Error).name !== 'PreconditionFailed') throw error;
    }
  }
}

async function vote(n: number): Promise<void> {
  try {
    await table.transact('p', [
      { kind: 'create', id: `vote/${n}`, value: { thread } },
      { kind: 'add', id: 'total', amounts: { votes: 1 }, otherwise: { votes: 0 } },
    ]);
  } catch (error) {
    if ((error as Error).name !== 'PreconditionFailed') throw error;
  }
}

for (let n = 0; n < writes; n++) {
  await table.put({ partition: `of-${thread}`, id: String(n) }, { n });
  await Promise.all([increment(), vote(n), table.add({ partition: 'p', id: 'added' }, { n: 1 }, { otherwise: {} })]);
}
tables.close();
