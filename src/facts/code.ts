import { type ArchiveFile, archiveTexts, type CrateManifest } from '../cargo/crate-archive.ts';
import { CargoError } from '../cargo/error.ts';
import {
  type Capability,
  type CapabilityKind,
  capabilityKinds,
  familyOf,
} from '../rust/capability/capability.ts';
import type { CodeReview } from '../rust/code-review.ts';
import { digestOf } from '../rust/digest.ts';
import { archiveFiles } from '../rust/inputs/package-files.ts';
import type { LibraryReview } from '../rust/library.ts';
import { type PackageReview, reviewPackage, type Tier } from '../rust/package-review.ts';
import { packageSource } from '../rust/package-source.ts';
import type { MacroReview } from '../rust/proc-macro.ts';
import { summaryOf } from '../rust/summary.ts';
import type { Base, UnreadBase } from './base.ts';
import { type Fact, known } from './fact.ts';

/** What the code of a release can do, as far as verdicts need it; `safeguard review` shows all of it. */
export interface CodeFact {
  readonly tier: Tier;
  /** Why it has that tier, as clauses. */
  readonly reasons: readonly string[];
  readonly buildScript?: ReviewedCode;
  readonly macros?: ReviewedMacros;
  /** Of a library that is compiled into programs, or into macros and build scripts. */
  readonly library?: ReviewedLibrary;
  /** Why its code was not read, as a clause. */
  readonly unread?: string;
  /** The release before it, where there is one and something is to be compared. */
  readonly previous?: PreviousCode | UnreadBase;
}

export interface ReviewedCode {
  readonly summary: string;
  /** What it can do without where; sorted, and of very many the gravest with a digest of the rest. */
  readonly shapes: readonly string[];
  /** SHA-256 (hex) of its tokens. */
  readonly tokens: string;
  /** SHA-256 (hex) of the files beside its Rust code that it can run, include or hand to a tool; absent in early readings. */
  readonly files?: string;
  /** What of its shapes comes from those files alone; of a library, what it can do by them where it runs at build time. */
  readonly byFiles?: readonly string[];
  /** Places that nobody can read. */
  readonly opaque: number;
  /** The places that matter most. */
  readonly evidence: readonly Capability[];
}

/** A library has a digest of its tokens only where it makes code, as helpers of macros do. */
export type ReviewedLibrary = Omit<ReviewedCode, 'tokens'> & { readonly tokens?: string };

export interface ReviewedMacros extends ReviewedCode {
  /** `derive Serialize(serde)`, sorted. */
  readonly exports: readonly string[];
  /** SHA-256 (hex) of the surface. */
  readonly surface: string;
}

export interface PreviousCode {
  readonly version: string;
  readonly shapes: {
    readonly buildScript?: readonly string[];
    readonly macros?: readonly string[];
    readonly library?: readonly string[];
  };
}

/** The code fact of one release, with the release that it is compared with. */
export function codeFact(fact: CodeFact, base: Base<CodeFact> | undefined, at: number): Fact<CodeFact> {
  if (base === undefined) return known(fact, 'archive', at);
  if ('unread' in base) return known({ ...fact, previous: base }, 'archive', at);
  const { buildScript, macros, library } = base.read;
  const shapes = {
    ...(buildScript === undefined ? {} : { buildScript: buildScript.shapes }),
    ...(macros === undefined ? {} : { macros: macros.shapes }),
    ...(library === undefined ? {} : { library: library.shapes }),
  };
  return known({ ...fact, previous: { version: base.version, shapes } }, 'archive', at);
}

/** More source than any release that people read; beyond it the code is not read either. Bytes. */
const maxSource = 32 * 1024 * 1024;
const maxShapes = 300;
const maxEvidence = 24;

/** Reads it from the files of an archive. Never throws for what they hold. */
export function readCode(files: readonly ArchiveFile[], manifest: CrateManifest | undefined): CodeFact {
  const textOf = archiveTexts({ files });
  const text = manifest === undefined ? undefined : textOf('Cargo.toml');
  if (text === undefined) return unread('its manifest cannot be read');
  try {
    const source = packageSource(text, textOf, archiveFiles(files));
    const size = files.reduce((sum, file) => sum + (file.path.endsWith('.rs') ? file.size : 0), 0);
    const isTooLarge = size > maxSource;
    // What runs at build time is small, and is read all the same.
    const review = reviewPackage(
      isTooLarge && !source.procMacro ? { ...source, library: undefined } : source,
    );
    return {
      ...readCodeOf(review),
      ...(isTooLarge ? { unread: `its library is too large to be read: ${size} bytes of source` } : {}),
    };
  } catch (error) {
    if (!(error instanceof CargoError)) throw error;
    return unread(error.message);
  }
}

/** The same from a review that is at hand. */
export function readCodeOf({ tier, reasons, buildScript, macros, library }: PackageReview): CodeFact {
  return {
    tier,
    reasons,
    ...(buildScript === undefined ? {} : { buildScript: reviewedCode(buildScript) }),
    ...(macros === undefined ? {} : { macros: reviewedMacros(macros) }),
    ...(library === undefined ? {} : { library: reviewedLibrary(library) }),
  };
}

function unread(reason: string): CodeFact {
  return {
    tier: 'proc-macro',
    reasons: ['nobody can tell what of it runs, so it counts as the strictest'],
    unread: reason,
  };
}

function reviewedCode(review: CodeReview): ReviewedCode {
  return { ...reviewedLibrary(review), tokens: review.tokens };
}

function reviewedMacros(review: MacroReview): ReviewedMacros {
  const exports = review.exports.map(
    ({ kind, name, attributes }) =>
      `${kind} ${name}${attributes.length === 0 ? '' : `(${attributes.join(', ')})`}`,
  );
  return { ...reviewedCode(review), exports, surface: review.surface };
}

function reviewedLibrary(review: LibraryReview): ReviewedLibrary {
  const { shapes, opaque, capabilities, tokens, inputs } = review;
  const kept = capabilities.toSorted((a, b) => weight(b) - weight(a)).slice(0, maxEvidence);
  return {
    summary: summaryOf(review),
    shapes: boundedShapes(shapes),
    opaque: opaque.length,
    evidence: kept,
    files: inputs.digest,
    ...(inputs.shapes.length === 0 ? {} : { byFiles: boundedShapes(inputs.shapes) }),
    ...(tokens === undefined ? {} : { tokens }),
  };
}

/** Of more than real code has, the grave ones and a digest of the rest, so that no change of it goes unseen. */
function boundedShapes(shapes: readonly string[]): readonly string[] {
  if (shapes.length <= maxShapes) return shapes;
  const graveFirst = shapes.toSorted(
    (a, b) => (weights[familyOfShape(b)] ?? 0) - (weights[familyOfShape(a)] ?? 0),
  );
  const rest = graveFirst.slice(maxShapes - 1);
  const said = `opaque: ${rest.length} more capabilities, ${digestOf(rest.toSorted())}`;
  return [...graveFirst.slice(0, maxShapes - 1), said].sort();
}

function familyOfShape(shape: string): string {
  const kind = shape.slice(0, shape.indexOf(' '));
  return kind in capabilityKinds ? familyOf(kind as CapabilityKind) : '';
}

const weights: Readonly<Record<string, number>> = { network: 4, concealment: 3, process: 2, filesystem: 1 };

function weight({ kind, confidence }: Capability): number {
  return (weights[familyOf(kind)] ?? 0) * 2 + (confidence === 'possible' ? 0 : 1);
}
