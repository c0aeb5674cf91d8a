import { Failure, invalidInput } from 'skein';
import { isLost } from '../is-named.ts';
import type { Gates } from './gates.ts';
import type { ResultsReader } from './results.ts';
import { COUNT, GATE, type Poll, partitionOf, type Stores } from './tables.ts';
import { shardOf } from './tokens.ts';

export interface Ballots {
  /**
   * Counts a voter's vote once, whatever was sent or repeated before; another option replaces the first.
   *
   * @throws `Conflict` where the poll is closed; `InvalidInput` where it has no such option.
   */
  cast(id: string, voter: string, option: number): Promise<void>;
  /** The option that a voter has chosen. */
  choiceOf(poll: Poll, voter: string): Promise<number | undefined>;
}

/** Of parallel votes of one voter one wins each time, so this is more than the rate limit lets through at once. */
const ATTEMPTS = 20;

/**
 * The ballot and its shard's count change in one transaction, and only while the shard's gate is open: a crash, a repetition or a
 * race can neither lose one of them nor count one twice.
 */
export function ballotsOf(votes: Stores['votes'], gates: Gates, results: ResultsReader): Ballots {
  const placeOf = (poll: Poll, voter: string) => ({
    partition: partitionOf(poll, shardOf(voter, poll.shards)),
    id: `ballot/${voter}`,
  });

  /** @returns whether it is counted; false where somebody else was faster, or the first try found a ballot. */
  const attempt = async (poll: Poll, voter: string, option: number, first: boolean): Promise<boolean> => {
    const shard = shardOf(voter, poll.shards);
    const gate = await gates.of(poll, shard);
    if (gate.revision !== poll.revision) return false;
    const { partition, id } = placeOf(poll, voter);
    // In a spike nearly everybody votes for the first time: that there is no ballot is tried, not looked up.
    const ballot = first ? undefined : await votes.get({ partition, id });
    const before = ballot?.value.option;
    if (before === option) return true;
    try {
      await votes.transact(partition, [
        { kind: 'check', id: GATE, ifMatch: gate.version },
        ballot === undefined
          ? { kind: 'create', id, value: { option } }
          : { kind: 'replace', id, value: { option }, ifMatch: ballot.version },
        {
          kind: 'add',
          id: COUNT,
          amounts: { [option]: 1, ...(before !== undefined && { [before]: -1 }) },
          otherwise: {},
        },
      ]);
      return true;
    } catch (error) {
      if (!isLost(error)) throw error;
      if (!first) gates.forget(poll, shard);
      return false;
    }
  };

  return {
    async cast(id, voter, option) {
      // What is remembered may be old, and must not refuse anybody.
      let { poll } = await results.recent(id);
      if (refusal(poll, option) !== undefined) poll = await results.poll(id);
      for (let n = 0; n < ATTEMPTS; n++) {
        const refused = refusal(poll, option);
        if (refused !== undefined) throw refused;
        if (await attempt(poll, voter, option, n === 0)) return;
        poll = await results.poll(id);
      }
      throw new Failure({ name: 'Unavailable', message: 'too many votes of this voter at once' });
    },
    choiceOf: async (poll, voter) => (await votes.get(placeOf(poll, voter)))?.value.option,
  };
}

function refusal(poll: Poll, option: number): Failure | undefined {
  if (poll.state !== 'open') return new Failure({ name: 'Conflict', message: 'this poll is closed' });
  if (poll.options.some(({ id }) => id === option)) return undefined;
  return invalidInput(`option: this poll has no option ${option}`, 'option');
}
