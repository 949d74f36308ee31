import { type Fact, known, unknown } from '../fact.ts';
import { type FeedState, feedText, whyMissing } from '../feed/reading.ts';
import { type VetFact, vetFact } from './fact.ts';
import type { AuditsFeed } from './feed.ts';
import { type ImportRules, ownOrganisation, putTogether, type VetStore } from './store.ts';

/** All audits that are configured, put together. */
export interface ImportedAudits {
  /** Absent where none could be read. */
  readonly store: VetStore | undefined;
  /** Why a configured organisation has no say, one clause each. */
  readonly missing: readonly string[];
  readonly source: string;
  /** Epoch milliseconds: when the oldest of them was read. */
  readonly at: number;
}

/** The reason of the fact where nobody named an organisation. */
export const noAudits = 'no cargo-vet audits are configured';

/** Puts together what was read; `undefined` where nothing is configured. */
export function importedAudits(
  configured: readonly FeedState<AuditsFeed>[],
  rules: ReadonlyMap<string, ImportRules>,
): ImportedAudits | undefined {
  if (configured.length === 0) return undefined;
  const feeds = configured.flatMap(({ feed }) => feed ?? []);
  const missing = configured
    .filter(({ feed }) => feed === undefined)
    .map((state) => whyMissing(state, 'audits'));
  if (feeds.length === 0) return { store: undefined, missing, source: 'cargo-vet', at: 0 };
  const own = feeds.find(({ organisation }) => organisation === ownOrganisation)?.own;
  const others = feeds.filter(({ organisation }) => organisation !== ownOrganisation);
  const live = new Map(others.map(({ organisation, live: files }) => [organisation, files]));
  const { store } = putTogether({ ...own, live, rules });
  const at = Math.min(...feeds.map(({ provenance }) => Date.parse(provenance.readAt)));
  return { store, missing, source: feeds.map(feedText).join(', '), at };
}

/** The vet fact of one release. `at` dates an unknown one. */
export function auditsFact(
  audits: ImportedAudits | undefined,
  release: { readonly crate: string; readonly version: string },
  at: number,
): Fact<VetFact> {
  if (audits === undefined) return unknown(noAudits, 'cargo-vet', at);
  const { store, missing, source } = audits;
  if (store === undefined) return unknown(missing.join('; '), source, at);
  const fact = vetFact(store, release, audits.at);
  if (fact.kind === 'unknown') return fact;
  return known({ ...fact.value, ...(missing.length === 0 ? {} : { missing }) }, source, audits.at);
}
