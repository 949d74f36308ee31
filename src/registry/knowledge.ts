import { shippedAt, shippedNames, shippedSource } from '../facts/popularity/shipped.ts';
import { usesOfRank } from '../facts/popularity/usage.ts';
import { Namespace } from '../facts/typosquat/namespace.ts';
import type { FeedKnowledge } from './feeds.ts';

/** What judgements go by beside the registry's own records: asked at every judgement. */
export interface Knowledge extends FeedKnowledge {
  /** The upstream that stands for crates.io, which is what audits and proofs are about. */
  readonly cratesIo: string;
  /** Every crate name that is known, with how much it is used. */
  readonly namespace: {
    readonly names: Namespace;
    readonly source: string;
    /** Epoch milliseconds. */
    readonly at: number;
  };
}

/** The names of the list that comes with the product: what is known before anything was imported. */
export function shippedNamespace(): Knowledge['namespace'] {
  const names = new Namespace(shippedNames.map((name, i) => ({ name, uses: usesOfRank(i + 1) })));
  return { names, source: shippedSource, at: shippedAt };
}
