import { app, bucket, map, queue, step, table, workflow } from 'skein';
import { z } from 'zod';

/** An app whose steps, one in the room's thread and one in others, write into a bucket, a table and a queue. */
const sheets = bucket('sheets');
const ledger = table('ledger', { document: z.object({ sheet: z.string() }) });
const notices = queue('notices', { message: z.string() });

interface Clients {
  readonly sheets: { put(key: string, body: string): Promise<unknown> };
  readonly ledger: { put(key: { partition: string; id: string }, document: { sheet: string }): Promise<unknown> };
  readonly notices: { send(message: string): Promise<unknown> };
}

async function keep(sheet: string, { sheets, ledger, notices }: Clients): Promise<null> {
  await sheets.put(sheet, sheet);
  await ledger.put({ partition: 'all', id: sheet }, { sheet });
  await notices.send(sheet);
  return null;
}

const uses = { sheets: sheets.write, ledger: ledger.all, notices: notices.write };
const retry = { attempts: 2 };
const near = step('near', { input: z.string(), retry, uses, run: keep });
const far = step('far', { input: z.string(), retry, uses, isolate: 'cpu', run: keep });

export default app('filing', {
  module: import.meta.url,
  workflows: [
    workflow('filing', {
      input: z.object({ first: z.string(), others: z.array(z.string()) }),
      run: ({ first, others }) => {
        near(first);
        return map(others, (sheet) => far(sheet));
      },
    }),
  ],
});
