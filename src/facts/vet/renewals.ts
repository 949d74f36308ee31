import type { WildcardEntry } from './audits-file.ts';
import { ownOrganisation, type VetStore } from './store.ts';

/** A wildcard audit of one's own that runs out: what its publisher puts out from then on counts as unseen. */
export interface Renewal {
  readonly crate: string;
  readonly entry: WildcardEntry;
  /** Already over; else it ends within six weeks. */
  readonly expired: boolean;
}

const day = 24 * 60 * 60 * 1000;
const notice = 6 * 7 * day;
const inactive = 16 * 7 * day;

/**
 * Which to renew (cargo-vet: main.rs, `WildcardAuditRenewal::expiring`). Silent where the author says `renew = false`,
 * and where nothing was published since its end nor in the last sixteen weeks.
 */
export function renewals(store: VetStore, today: string): Renewal[] {
  const own = store.sources.find(({ organisation }) => organisation === ownOrganisation)?.audits;
  return [...(own?.wildcards ?? [])].flatMap(([crate, entries]) => {
    const published = (store.publishers.get(crate) ?? []).map((publication) => publication.day);
    const last = published.sort().at(-1) ?? today;
    return entries
      .filter(({ renew, end }) => renew && end < daysFrom(today, notice))
      .filter(({ end }) => !(last < end && last < daysFrom(today, -inactive)))
      .map((entry) => ({ crate, entry, expired: entry.end < today }));
  });
}

function daysFrom(today: string, span: number): string {
  return new Date(Date.parse(`${today}T00:00:00Z`) + span).toISOString().slice(0, 10);
}
