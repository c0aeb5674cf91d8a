import type { Fields, TableClient, TableWrite } from '../../../core/resources/table.ts';

const PARTITION = 'poll';

/** What the n-th operation of the program that is killed leaves behind: the ids of the votes, and which operation wrote `last`. */
export interface State {
  readonly votes: readonly string[];
  /** What the counter says. */
  readonly total: number;
  readonly last: number;
}

/** Casts a vote, or takes one back, each with its count; every third time it notes where it is. Doing it again changes nothing. */
export async function perform(table: TableClient, n: number): Promise<void> {
  if (n % 3 === 0) await table.put({ partition: PARTITION, id: 'last' }, { n });
  else if (n % 4 === 0) await takeBack(table, voteOf(n - 3));
  else await cast(table, voteOf(n), n);
}

async function cast(table: TableClient, id: string, n: number): Promise<void> {
  try {
    await table.transact(PARTITION, [{ kind: 'create', id, value: { n } }, counting(1)]);
  } catch (error) {
    if ((error as Error).name !== 'PreconditionFailed') throw error;
  }
}

async function takeBack(table: TableClient, id: string): Promise<void> {
  const vote = await table.get({ partition: PARTITION, id });
  if (vote !== undefined)
    await table.transact(PARTITION, [{ kind: 'delete', id, ifMatch: vote.version }, counting(-1)]);
}

function counting(votes: number): TableWrite<Fields> {
  return { kind: 'add', id: 'total', amounts: { votes }, otherwise: { votes: 0 } };
}

/** The state after the first `count` operations. */
export function stateAfter(count: number): State {
  const votes = new Set<string>();
  let last = 0;
  for (let n = 1; n <= count; n++)
    if (n % 3 === 0) last = n;
    else if (n % 4 === 0) votes.delete(voteOf(n - 3));
    else votes.add(voteOf(n));
  return { votes: [...votes].sort(), total: votes.size, last };
}

function voteOf(n: number): string {
  return `vote/${String(n).padStart(4, '0')}`;
}

export async function stateOf(table: TableClient): Promise<State> {
  const { items } = await table.query(PARTITION, { limit: 1000 });
  const numberIn = (id: string, field: string) =>
    (items.find((document) => document.id === id)?.value[field] ?? 0) as number;
  return {
    votes: items.map(({ id }) => id).filter((id) => id.startsWith('vote/')),
    total: numberIn('total', 'votes'),
    last: numberIn('last', 'n'),
  };
}
