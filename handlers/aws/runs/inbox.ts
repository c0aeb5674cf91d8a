import { createHash } from 'node:crypto';
import { backOff } from '../../../core/back-off.ts';
import { Failure } from '../../../core/error.ts';
import { exceeds, type Json } from '../../../core/json.ts';
import type { Fields, TableClient } from '../../../core/resources/table.ts';
import { PAYLOAD_LIMIT } from '../../../core/workflow/caps.ts';
import { pad } from '../../../core/workflow/evaluate.ts';
import type { Path } from '../../../core/workflow/ir.ts';
import { createText, readText } from '../../../core/workflow/long-text.ts';
import type { Executions } from './executions.ts';
import type { Fate } from './history.ts';

/** The events of one name, and who waits for the next: of one run there is one wait for a name at a time (clause 39). */
interface Inbox {
  /** The number that the next event to come gets. */
  readonly next: number;
  /** That of the next event to be taken. */
  readonly taken: number;
  readonly token: string | null;
  readonly reads: readonly Path[];
}

interface InboxParts {
  readonly table: TableClient;
  readonly executions: Executions;
  /** How a wait ended, as the execution's history has it; `undefined` where it does not say yet. */
  fateOf(token: string): Promise<Fate | undefined>;
}

/** Where the events of a run wait for who takes them, and who takes them for events. */
export function inboxesIn(partition: string, { table, executions, fateOf }: InboxParts) {
  const read = async (name: string): Promise<{ inbox: Inbox; version: string | undefined }> => {
    const found = await table.get({ partition, id: `inbox/${name}` });
    const inbox = (found?.value ?? { next: 0, taken: 0, token: null, reads: [] }) as unknown as Inbox;
    return { inbox, version: found?.version };
  };
  const write = (name: string, inbox: Inbox, version: string | undefined) => {
    const document = { id: `inbox/${name}`, value: inbox as unknown as Fields };
    return version === undefined
      ? ({ kind: 'create', ...document } as const)
      : ({ kind: 'replace', ...document, ifMatch: version } as const);
  };
  /** Writes, unless somebody else was faster. @returns the first write that was refused; -1: none was. */
  const tryAll = async (writes: Parameters<TableClient['transact']>[1]): Promise<number> => {
    try {
      await table.transact(partition, writes);
      return -1;
    } catch (error) {
      if (error instanceof Failure && error.name === 'PreconditionFailed')
        return (error.data as { index: number }).index;
      throw error;
    }
  };
  const eventId = (name: string, number: number): string => `event/${name}/${String(number).padStart(9, '0')}`;

  /** Hands the data over. @returns what became of the wait; `undefined` where nobody knows yet. */
  const handOver = async (token: string, data: Json): Promise<Fate | undefined> => {
    // Sent first and written down then: what was sent twice is refused, and what was never sent would be lost.
    const limit = exceeds(data, PAYLOAD_LIMIT);
    const message = `the event is over ${PAYLOAD_LIMIT} bytes with what the workflow reads of it`;
    const sent = limit
      ? await executions.fail(token, { name: 'PayloadTooLarge', message })
      : await executions.succeed(token, data);
    return sent ? 'taken' : fateOf(token);
  };

  /** Brings the oldest event and the wait together, where there are both. */
  const deliver = async (name: string): Promise<void> => {
    for (let round = 0; ; round++) {
      const { inbox, version } = await read(name);
      const { token, taken, next, reads } = inbox;
      if (token === null || taken >= next) return;
      const text = (await readText(table, partition, eventId(name, taken))) ?? 'null';
      const fate = await handOver(token, pad(JSON.parse(text) as Json, reads));
      // The history is late. The next wait asks again, and by then it knows.
      if (fate === undefined) return;
      const after = { ...inbox, token: null, reads: [], taken: fate === 'taken' ? taken + 1 : taken };
      if ((await tryAll([write(name, after, version)])) >= 0) await backOff(round);
    }
  };

  return {
    /** Keeps an event, once for each `key`, and hands it to who waits for it. */
    async send(name: string, data: Json, key: string): Promise<void> {
      const sent = `sent/${hash(key)}`;
      for (let round = 0; ; round++) {
        const { inbox, version } = await read(name);
        const refused = await tryAll([
          { kind: 'create', id: sent, value: {} },
          write(name, { ...inbox, next: inbox.next + 1 }, version),
          ...createText(eventId(name, inbox.next), JSON.stringify(data)),
        ]);
        // Kept before: whoever kept it may not have come so far as to hand it over.
        if (refused <= 0) break;
        await backOff(round);
      }
      await deliver(name);
    },
    /** Takes the oldest event, or is told of the next one, with `token`. */
    async wait(name: string, token: string, reads: readonly Path[]): Promise<void> {
      for (let round = 0; ; round++) {
        const { inbox, version } = await read(name);
        let { taken } = inbox;
        // The wait before this one may have got an event of which nobody came to write it down.
        if (inbox.token !== null && taken < inbox.next && (await fateOf(inbox.token)) === 'taken') taken++;
        const refused = await tryAll([
          { kind: 'create', id: `wait/${hash(token)}`, value: {} },
          write(name, { ...inbox, token, reads, taken }, version),
        ]);
        // Told before, perhaps long ago: another wait may have come since, which must not be forgotten for this one.
        if (refused <= 0) break;
        await backOff(round);
      }
      await deliver(name);
    },
  };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
