import type { FirstParty } from '../../facts/first-party.ts';
import type { Compared } from '../../facts/typosquat/names.ts';
import type { FeedKnowledge } from '../errands/feeds.ts';
import type { CratePeople } from '../errands/people.ts';

/** What judgements go by beside the registry's own records: asked at every judgement. */
export interface Knowledge extends FeedKnowledge {
  /** The upstream that stands for crates.io, which is what audits and proofs are about. */
  readonly cratesIo: string;
  /** Every crate name that is known, with how much it is used, and the organisation's own. */
  readonly namespace: {
    readonly names: Compared;
    readonly source: string;
    /** Epoch milliseconds. */
    readonly at: number;
  };
  /** The crate's use, and the people behind it. */
  readonly people: CratePeople;
  /** What belongs to the organisation. */
  readonly firstParty: FirstParty;
}
