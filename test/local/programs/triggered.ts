import { z } from 'zod';
import { app, bucket, consume, onObject, queue, type TableWriter, table } from '../../../core/index.ts';

export const jobs = queue('jobs', { attempts: 100 });
export const photos = bucket('photos');
export const effects = table('effects', { document: z.object({ n: z.number() }) });

/** Adds `n` to a sum, once for each key: the effect and the note that it was made are one transaction. */
async function once(key: string, n: number, sum: string, written: TableWriter<{ n: number }>): Promise<void> {
  const note = { kind: 'create', id: `done/${key}`, value: { n } } as const;
  const effect = { kind: 'add', id: sum, amounts: { n }, otherwise: { n: 0 } } as const;
  await written.transact('all', [note, effect]).catch((error: unknown) => {
    if ((error as Error).name !== 'PreconditionFailed') throw error;
  });
}

/** What the crash tests kill: a consumer of messages and one of objects, both with effects that are made once. */
export default app('triggered', {
  triggers: [
    consume(jobs, {
      concurrency: 20,
      uses: { effects: effects.write },
      run: (message, { idempotencyKey, effects: written }) =>
        once(idempotencyKey, Number(message), 'messages', written),
    }),
    onObject(photos, {
      uses: { effects: effects.write },
      run: ({ size }, { idempotencyKey, effects: written }) => once(idempotencyKey, size, 'objects', written),
    }),
  ],
});
