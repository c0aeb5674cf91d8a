import type { Context } from 'hono';
import { inFlightLimit, type Rate, rateLimit } from '../limits.ts';
import { networkOf } from '../network.ts';
import { isRandomId } from '../owner-token.ts';
import { ballotsOf } from './ballots.ts';
import { gatesOf } from './gates.ts';
import { type LiveOptions, liveOf } from './live.ts';
import { noPoll } from './no-poll.ts';
import type { Question } from './question.ts';
import { resultsOf } from './results.ts';
import { type Survey, surveyOf } from './survey.ts';
import type { Stores } from './tables.ts';
import { voterTokens } from './tokens.ts';

/** All limits are for one process. */
export interface PollOptions {
  /** Votes of one voter. @default 10 at once, then 0.5 a second */
  readonly voterRate?: Rate;
  /** Votes from one address, which a whole lecture hall may share. @default 2,000 at once, then 200 a second */
  readonly addressRate?: Rate;
  /** New voters from one address. @default 1,000 at once, then 20 a second */
  readonly newVoterRate?: Rate;
  /** New polls from one address. @default 30 at once, then 0.2 a second */
  readonly newPollRate?: Rate;
  /** Votes, and changes of polls, that are under way at once. @default 256 */
  readonly inFlight?: number;
  /** @default 500 listeners, 8 seconds */
  readonly live?: LiveOptions;
}

/** Everything that the routes and the pages do, with its limits. */
export type Desk = ReturnType<typeof deskOf>;

export function deskOf(stores: Stores, options: PollOptions) {
  const { inFlight = 256 } = options;
  const { voterRate = { burst: 10, perSecond: 0.5 }, addressRate = { burst: 2_000, perSecond: 200 } } = options;
  const { newVoterRate = { burst: 1_000, perSecond: 20 }, newPollRate = { burst: 30, perSecond: 0.2 } } = options;
  const results = resultsOf(stores);
  const gates = gatesOf(stores.votes);
  const ballots = ballotsOf(stores.votes, gates, results);
  const survey = surveyOf(stores, gates, results);
  const tokens = voterTokens(stores);
  const work = inFlightLimit('requests', inFlight);
  const limits = {
    voter: rateLimit('votes of this voter', voterRate),
    address: rateLimit('votes from this address', addressRate),
    newVoter: rateLimit('new voters from this address', newVoterRate),
    newPoll: rateLimit('new polls from this address', newPollRate),
  };
  const known = (id: string): string => {
    if (!isRandomId(id)) throw noPoll(id);
    return id;
  };

  return {
    survey,
    results: (id: string) => results.recent(known(id)),
    fresh: (id: string) => results.fresh(known(id)),
    live: liveOf({ ...results, recent: async (id) => results.recent(known(id)) }, options.live),
    create(c: Context, question: Question) {
      limits.newPoll(networkOf(c));
      return work.run(() => survey.create(question));
    },
    async newVoter(c: Context, id: string): Promise<string> {
      limits.newVoter(networkOf(c));
      await results.recent(known(id));
      return tokens.issue(id);
    },
    /** What is refused costs nothing but its signature, and where too much is under way not even that. */
    vote: (c: Context, id: string, token: string, option: number): Promise<void> =>
      work.run(async () => {
        limits.address(networkOf(c));
        const voter = await tokens.voterOf(known(id), token);
        limits.voter(voter);
        await ballots.cast(id, voter, option);
      }),
    /** What a token's voter has chosen; undefined for none, and for a token that is none. */
    async choiceOf(id: string, token: string | undefined): Promise<number | undefined> {
      if (token === undefined) return undefined;
      const voter = await tokens.voterOf(known(id), token);
      return ballots.choiceOf((await results.recent(id)).poll, voter);
    },
    /** Does what only the owner may. @throws `Unauthorized`; `NotFound` */
    manage: <T>(id: string, token: string | undefined, act: (survey: Survey) => Promise<T>): Promise<T> =>
      work.run(async () => {
        await survey.requireOwner(known(id), token);
        return act(survey);
      }),
    /** Does what the admin key allows: the route asks for it. */
    moderate: <T>(id: string, act: (survey: Survey) => Promise<T>): Promise<T> =>
      work.run(async () => {
        known(id);
        return act(survey);
      }),
  };
}
