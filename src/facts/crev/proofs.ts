import { type PackageId, type Review, readContent, type Trust } from './content.ts';
import { readEnvelopes } from './envelope.ts';
import { isSignedBy } from './signature.ts';

/** What is left of many proof files: of each author the latest word on each thing. */
export interface ProofStore {
  /** By crate, from crates.io only. */
  readonly reviews: ReadonlyMap<string, readonly Review[]>;
  /** By author, then by whom it is about. */
  readonly trust: ReadonlyMap<string, ReadonlyMap<string, Trust>>;
  readonly counts: ProofCounts;
}

export interface ProofCounts {
  /** Signed and understood. */
  readonly good: number;
  /** Not signed by whom they say they are from. */
  readonly unsigned: number;
  /** Not to be read at all. */
  readonly broken: number;
}

/** A proof file, with the name that messages call it by. */
export interface ProofFile {
  readonly file: string;
  readonly text: string;
}

/** How proofs call the registry: by its home page, whatever it is reached at. */
export const cratesIoSource = ['https:', '', 'crates.io'].join('/');

/** Reads proof files. What is not signed by its author, or cannot be read, is counted and ignored. */
export function readProofs(files: Iterable<ProofFile>): ProofStore {
  const reviews = new Map<string, Review>();
  const trust = new Map<string, Map<string, Trust>>();
  const counts = { good: 0, unsigned: 0, broken: 0 };
  for (const { text } of files) {
    const { envelopes, broken } = readEnvelopes(text);
    counts.broken += broken.length;
    for (const { body, signature, legacyKind } of envelopes) {
      const content = readContent(body, legacyKind);
      if (content === undefined) counts.broken++;
      else if (!isSignedBy(content.from, body, signature)) counts.unsigned++;
      else {
        counts.good++;
        if (content.kind === 'review') keepLatest(reviews, keyOf(content.from, content.package), content);
        if (content.kind === 'trust') {
          const given = trust.get(content.from) ?? new Map<string, Trust>();
          trust.set(content.from, given);
          for (const id of content.ids) keepLatest(given, id, content);
        }
      }
    }
  }
  const ofRegistry = [...reviews.values()].filter((review) => review.package.source === cratesIoSource);
  return { reviews: Map.groupBy(ofRegistry, (review) => review.package.name), trust, counts };
}

/** An author takes a proof back by a later one on the same thing. */
function keepLatest<T extends { readonly date: number }>(map: Map<string, T>, key: string, value: T): void {
  const there = map.get(key);
  if (there === undefined || there.date < value.date) map.set(key, value);
}

function keyOf(from: string, { source, name, version }: PackageId): string {
  return JSON.stringify([from, source, name, version]);
}
