import { isLost } from '../is-named.ts';
import { recent } from '../recent.ts';
import { GATE, type Poll, partitionOf, type Stores, shardsOf } from './tables.ts';

/** Whether a shard takes votes. A vote is written only where its gate has not changed since it was looked at. */
export interface Gate {
  readonly version: string;
  readonly revision: number;
  readonly open: boolean;
}

export interface Gates {
  /** The gate of a shard, as new as the poll that is given, or newer. */
  of(poll: Poll, shard: number): Promise<Gate>;
  forget(poll: Poll, shard: number): void;
  /** Brings all gates up to the poll: from then on no vote is counted that an older poll would have taken. */
  renew(poll: Poll): Promise<void>;
  /** Lets the gate of a deleted poll go when nobody can remember it as open. */
  expire(poll: Poll, shard: number, expiresAt: Date): Promise<void>;
}

const REMEMBERED = 10_000;

/**
 * The gates of polls. Which of them is newer is known by the poll's revision alone, so that opening and closing may race, or be
 * broken off, and whoever comes next brings the rest up.
 */
export function gatesOf(votes: Stores['votes']): Gates {
  const known = recent<Gate>(REMEMBERED);

  const read = async (poll: Poll, shard: number): Promise<Gate> => {
    const key = { partition: partitionOf(poll, shard), id: GATE };
    const wanted = { revision: poll.revision, open: poll.state === 'open' ? 1 : 0 };
    for (;;) {
      const found = await votes.get(key);
      if (found !== undefined && (found.value.revision ?? 0) >= poll.revision) return toGate(found);
      try {
        if (found === undefined) return toGate(await votes.create(key, wanted));
        return toGate(await votes.replace(key, wanted, { ifMatch: found.version }));
      } catch (error) {
        if (!isLost(error)) throw error;
      }
    }
  };

  const gates: Gates = {
    async of(poll, shard) {
      const key = partitionOf(poll, shard);
      const found = known.get(key);
      if (found !== undefined && found.revision >= poll.revision) return found;
      const gate = await read(poll, shard);
      known.set(key, gate);
      return gate;
    },
    forget: (poll, shard) => known.delete(partitionOf(poll, shard)),
    async expire(poll, shard, expiresAt) {
      const shut = { revision: poll.revision, open: 0 };
      await votes.put({ partition: partitionOf(poll, shard), id: GATE }, shut, { expiresAt });
    },
    async renew(poll) {
      await Promise.all(
        shardsOf(poll).map((shard) => {
          gates.forget(poll, shard);
          return gates.of(poll, shard);
        }),
      );
    },
  };
  return gates;
}

function toGate({ value, version }: { value: Readonly<Record<string, number>>; version: string }): Gate {
  return { version, revision: value.revision ?? 0, open: value.open === 1 };
}
