import { type Fact, known, unknown } from '../fact.ts';
import { type FeedState, feedText, whyMissing } from '../feed/reading.ts';
import { type CrevFact, crevFact } from './fact.ts';
import type { ProofsFeed } from './feed.ts';
import { type ProofStore, proofStore } from './proofs.ts';
import { type WebOfTrust, webOfTrust } from './web-of-trust.ts';

/** All proofs that are configured, put together, and whose of them count. */
export interface GatheredProofs {
  /** Absent where none could be read. */
  readonly proofs: { readonly store: ProofStore; readonly web: WebOfTrust } | undefined;
  /** Why a configured folder or repository has no say, one clause each. */
  readonly missing: readonly string[];
  readonly source: string;
  /** Epoch milliseconds: when the oldest of them was read. */
  readonly at: number;
}

/** The reason of the fact where nobody named a repository of proofs. */
export const noProofs = 'no crev proofs are configured';

/** Puts together what was read; `ids` are those that one trusts outright. `undefined` where nothing is configured. */
export function gatheredProofs(
  configured: readonly FeedState<ProofsFeed>[],
  ids: readonly string[],
): GatheredProofs | undefined {
  if (configured.length === 0) return undefined;
  const feeds = configured.flatMap(({ feed }) => feed ?? []);
  const missing = configured
    .filter(({ feed }) => feed === undefined)
    .map((state) => whyMissing(state, 'proofs'));
  if (feeds.length === 0) return { proofs: undefined, missing, source: 'crev', at: 0 };
  const store = proofStore(feeds.flatMap(({ signed }) => signed));
  const at = Math.min(...feeds.map(({ provenance }) => Date.parse(provenance.readAt)));
  const proofs = { store, web: webOfTrust(store, ids) };
  return { proofs, missing, source: feeds.map(feedText).join(', '), at };
}

/** The crev fact of one release. `at` dates an unknown one. */
export function proofsFact(
  gathered: GatheredProofs | undefined,
  release: Parameters<typeof crevFact>[2],
  at: number,
): Fact<CrevFact> {
  if (gathered === undefined) return unknown(noProofs, 'crev', at);
  const { proofs, missing, source } = gathered;
  if (proofs === undefined) return unknown(missing.join('; '), source, at);
  const fact = crevFact(proofs.store, proofs.web, release, gathered.at);
  if (fact.kind === 'unknown') return fact;
  return known({ ...fact.value, ...(missing.length === 0 ? {} : { missing }) }, source, gathered.at);
}
