import { type Content, type PackageId, type Review, readContent, type Trust } from './content.ts';
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

/** What one file holds: what is signed and understood, and how much is not. */
export interface SignedFile {
  readonly contents: readonly Content[];
  readonly counts: ProofCounts;
}

/** Reads proof files. What is not signed by its author, or cannot be read, is counted and ignored. */
export function readProofs(files: Iterable<ProofFile>): ProofStore {
  return proofStore([...files].map(readProofFile));
}

/** Reads one proof file and checks its signatures. */
export function readProofFile({ text }: ProofFile): SignedFile {
  const { envelopes, broken } = readEnvelopes(text);
  const contents: Content[] = [];
  const counts = { good: 0, unsigned: 0, broken: broken.length };
  for (const { body, signature, legacyKind } of envelopes) {
    const content = readContent(body, legacyKind);
    if (content === undefined) counts.broken++;
    else if (!isSignedBy(content.from, body, signature)) counts.unsigned++;
    else {
      counts.good++;
      contents.push(content);
    }
  }
  return { contents, counts };
}

/** Puts files together: of each author the latest word on each thing. */
export function proofStore(files: readonly SignedFile[]): ProofStore {
  const reviews = new Map<string, Review>();
  const trust = new Map<string, Map<string, Trust>>();
  for (const content of files.flatMap(({ contents }) => contents)) {
    if (content.kind === 'review') keepLatest(reviews, keyOf(content.from, content.package), content);
    if (content.kind !== 'trust') continue;
    const given = trust.get(content.from) ?? new Map<string, Trust>();
    trust.set(content.from, given);
    for (const id of content.ids) keepLatest(given, id, content);
  }
  const ofRegistry = [...reviews.values()].filter((review) => review.package.source === cratesIoSource);
  return { reviews: Map.groupBy(ofRegistry, (review) => review.package.name), trust, counts: sumOf(files) };
}

function sumOf(files: readonly SignedFile[]): ProofCounts {
  const sum = (part: keyof ProofCounts) => files.reduce((total, { counts }) => total + counts[part], 0);
  return { good: sum('good'), unsigned: sum('unsigned'), broken: sum('broken') };
}

/** An author takes a proof back by a later one on the same thing. */
function keepLatest<T extends { readonly date: number }>(map: Map<string, T>, key: string, value: T): void {
  const there = map.get(key);
  if (there === undefined || there.date < value.date) map.set(key, value);
}

function keyOf(from: string, { source, name, version }: PackageId): string {
  return JSON.stringify([from, source, name, version]);
}
