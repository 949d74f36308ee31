import { canonicalName } from '../../cargo/index-path.ts';
import { FeedError } from '../feed/error.ts';
import { type FeedPorts, filesOf, textOf } from '../feed/files.ts';
import type { FeedKind, FeedReading, FileProblem } from '../feed/reading.ts';
import { type FeedSource, sourceText } from '../feed/source.ts';
import { type ProofFile, proofStore, readProofFile, type SignedFile } from './proofs.ts';

/** One reading of a folder or repository of crev proofs. */
export interface ProofsFeed extends FeedReading {
  /** What was read, as it stands: signatures are checked again whenever it is taken up. */
  readonly files: readonly ProofFile[];
  readonly signed: readonly SignedFile[];
}

/** How proofs are kept and compared. */
export const proofFeeds: FeedKind<ProofsFeed, { readonly files: readonly ProofFile[] }> = {
  noun: 'proofs',
  size: ({ signed }) => signed.reduce((total, { counts }) => total + counts.good, 0),
  said: ({ files }) => ({ files }),
  restore: ({ files, provenance, problems }) => ({
    files,
    signed: files.map(readProofFile),
    provenance,
    problems,
  }),
  byCrate: ({ signed }) => {
    const groups = Map.groupBy(proofStore(signed).reviews, ([crate]) => canonicalName(crate));
    return new Map([...groups].map(([crate, reviews]) => [crate, JSON.stringify(reviews)]));
  },
  // Whom one trusts decides whose reviews count, on whatever crate.
  shared: ({ signed }) =>
    JSON.stringify([...proofStore(signed).trust].map(([from, given]) => [from, [...given]])),
};

/**
 * Reads a folder or repository of proofs. What is not signed by whom it names, or does not read, is named and left out.
 * Throws `FeedError` where it cannot be had, and where it holds no proof.
 */
export async function loadProofs(source: FeedSource, ports: FeedPorts): Promise<ProofsFeed> {
  const found = await filesOf(source, ports, (path) => path.endsWith('.crev'));
  const files: ProofFile[] = [];
  const signed: SignedFile[] = [];
  const problems: FileProblem[] = [];
  for (const { path, bytes } of found.files) {
    const text = textOf(bytes);
    if (text === undefined) {
      problems.push({ path, reason: 'it is not UTF-8' });
      continue;
    }
    const read = readProofFile({ file: path, text });
    files.push({ file: path, text });
    signed.push(read);
    const { unsigned, broken } = read.counts;
    if (unsigned + broken === 0) continue;
    const reason = `${unsigned} of its proofs are not signed by whom they name, ${broken} do not read`;
    problems.push({ path, reason });
  }
  const name = sourceText(source);
  if (signed.every(({ contents }) => contents.length === 0)) {
    const skipped = problems.length === 0 ? '' : ` (${problems.length} files could not be used)`;
    throw new FeedError('feed/empty', `${name} holds no crev proof${skipped}`);
  }
  const { commit } = found;
  const readAt = new Date(ports.clock()).toISOString();
  const provenance = { source: name, ...(commit === undefined ? {} : { commit }), readAt };
  return { files, signed, problems, provenance };
}
