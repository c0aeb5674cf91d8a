import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { HistoryRecord, HistoryStore, StoredInstance } from './history-store.ts';

export interface FileStoreOptions {
  /** Called before each step of each write, in their order: a test ends the process in one of them. @default nothing */
  readonly onStep?: (step: FileStep, file: string) => void | Promise<void>;
}

/** `write`: nothing is there yet; `rename`: the bytes are on the disk beside; `written`: under their name. */
export type FileStep = 'write' | 'rename' | 'written';

/**
 * Histories in a folder: one folder an instance, one file a record, each written beside, flushed and renamed.
 *
 * A process may end at any point of that. What is left of a write that nobody was told of is ignored, be it half of a file.
 */
export async function fileStore(folder: string, { onStep = () => {} }: FileStoreOptions = {}): Promise<HistoryStore> {
  await mkdir(folder, { recursive: true });
  const counts = new Map<string, number>();
  const queues = new Map<string, Promise<unknown>>();

  const inOrder = <T>(id: string, work: () => Promise<T>): Promise<T> => {
    const done = (queues.get(id) ?? Promise.resolve()).then(work, work);
    queues.set(id, done);
    return done.finally(() => queues.get(id) === done && queues.delete(id));
  };

  const write = async (place: string, name: string, text: string): Promise<void> => {
    const beside = join(place, `${name}.part`);
    await onStep('write', beside);
    const file = await open(beside, 'w');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await onStep('rename', beside);
    await rename(beside, join(place, name));
    await flush(place);
    await onStep('written', join(place, name));
  };

  const append = async (id: string, record: HistoryRecord): Promise<void> => {
    const place = join(folder, folderName(id));
    const number = (counts.get(id) ?? 0) + 1;
    if (number === 1) {
      await mkdir(place, { recursive: true });
      await flush(folder);
    }
    await write(place, fileName(number), JSON.stringify(record));
    counts.set(id, number);
    if (record.kind === 'started') await removeBefore(place, number);
  };

  const load = async (): Promise<StoredInstance[]> => {
    const stored: StoredInstance[] = [];
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const place = join(folder, entry.name);
      const { records, last, damage } = await readRecords(place);
      const [first] = records;
      if (first?.kind === 'started') {
        counts.set(first.id, last);
        stored.push({ id: first.id, records, ...(damage !== undefined && { damage }) });
        // Of a start that nobody was told of nothing is kept; what cannot be read is left to whoever can.
      } else if (damage === undefined) await rm(place, { recursive: true });
    }
    return stored;
  };

  return {
    load,
    read: (id) => inOrder(id, async () => (await readRecords(join(folder, folderName(id)))).records),
    append: (id, record) => inOrder(id, () => append(id, record)),
    remove: (id) =>
      inOrder(id, async () => {
        await rm(join(folder, folderName(id)), { recursive: true, force: true });
        await flush(folder);
        counts.delete(id);
      }),
  };
}

/** Names of files that order by number also as texts. */
function fileName(number: number): string {
  return `${String(number).padStart(9, '0')}.json`;
}

const NAME = /^\d{9}\.json$/;

/** A file system takes names of 255 bytes, and some of its own meaning. */
function folderName(id: string): string {
  const plain = encodeURIComponent(id).replaceAll('.', '%2E').replaceAll('*', '%2A');
  return plain.length <= 200 ? plain : `${plain.slice(0, 120)}~${createHash('sha256').update(id).digest('hex')}`;
}

interface Read {
  readonly records: readonly HistoryRecord[];
  /** The number of the last of them. */
  readonly last: number;
  readonly damage?: string;
}

/**
 * The records from the last `started` on. A last file that cannot be read was torn, and what it says nobody was told; one before
 * it that cannot be read, or is not there, is damage.
 */
async function readRecords(place: string): Promise<Read> {
  const names = (await readdir(place).catch(() => [])).filter((name) => NAME.test(name)).sort();
  let records: HistoryRecord[] = [];
  let last = 0;
  for (const [at, name] of names.entries()) {
    const record = parsed(await readFile(join(place, name), 'utf8'));
    const number = Number(name.slice(0, 9));
    if (record === undefined && at === names.length - 1) {
      await unlink(join(place, name));
      break;
    }
    const follows = record?.kind === 'started' || (records.length > 0 && number === last + 1);
    if (record === undefined || !follows)
      return { records, last, damage: `${join(place, name)} is damaged or does not follow what is before it` };
    if (record.kind === 'started') records = [];
    records.push(record);
    last = number;
  }
  return { records, last };
}

function parsed(text: string): HistoryRecord | undefined {
  try {
    return JSON.parse(text) as HistoryRecord;
  } catch {
    return undefined;
  }
}

async function removeBefore(place: string, number: number): Promise<void> {
  for (const name of await readdir(place))
    if (NAME.test(name) && Number(name.slice(0, 9)) < number) await unlink(join(place, name));
}

/** A file that is new, renamed or gone is so after a power cut only where its folder was flushed too. */
async function flush(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
