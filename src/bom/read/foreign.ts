import type { Completeness } from '../document.ts';
import type { Purl } from '../purl.ts';

/** A document that somebody wrote, as far as it is compared and checked here. What it does not say is absent. */
export interface ForeignBom {
  readonly format: 'CycloneDX' | 'SPDX';
  readonly version: string;
  /** Of the document itself: what SPDX has in the place of a subject that it does not name. */
  readonly name?: string;
  /** Serial number, or the document's own address. */
  readonly serial?: string;
  /** As written. */
  readonly created?: string;
  /** Who answers for it, as written: names, e-mail addresses, URLs. */
  readonly creators: readonly string[];
  readonly tools: readonly { readonly name: string; readonly version?: string }[];
  /** What was known when it was written: CycloneDX's lifecycle, SPDX's type of SBOM. */
  readonly context: readonly string[];
  readonly subject?: ForeignComponent;
  /** References of what the document is about, where that is several things, or parts of its subject. */
  readonly about: readonly string[];
  /** All, those inside of others too, without the subject. In the document's order. */
  readonly components: readonly ForeignComponent[];
  /**
   * What components need, or have in them, by reference; the list may be empty. A reference may be of several
   * components, or of none.
   */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
  /** Whether it says of its components or edges that they are all, or that they are not. */
  readonly statesCompleteness: boolean;
  /** What it says: `complete` only where every such statement is; `unknown` where it says nothing. */
  readonly completeness: Completeness;
  /** Of the document itself. */
  readonly properties: readonly { readonly name: string; readonly value: string }[];
}

export interface ForeignComponent {
  readonly ref?: string;
  /** What it is, in lower case: CycloneDX's type, SPDX's purpose. */
  readonly kind?: string;
  readonly name: string;
  readonly version?: string;
  /** Absent too where it cannot be read. */
  readonly purl?: Purl;
  readonly creators: readonly string[];
  /** SPDX expressions and names, as written, each once. */
  readonly licenses: readonly string[];
  /** The one that its maker gave it: what is acknowledged as `declared`. */
  readonly originalLicense?: string;
  /** The one to use it under: what is acknowledged as `concluded`. */
  readonly distributionLicense?: string;
  readonly hashes: readonly ForeignHash[];
  /** SHA-512 of what is delivered: of the component's distribution, or of its file. */
  readonly deliveredSha512?: string;
  /** Where that is to be had, and where its sources are. */
  readonly deliveredAt?: string;
  readonly sourceAt?: string;
  readonly filename?: string;
  readonly executable?: boolean;
  readonly archive?: boolean;
  readonly structured?: boolean;
  /** CycloneDX's scope. */
  readonly scope?: string;
  readonly properties: readonly { readonly name: string; readonly value: string }[];
}

export interface ForeignHash {
  /** Upper case with dashes, as CycloneDX has it: `SHA-256`. */
  readonly algorithm: string;
  readonly value: string;
}

/** What statements of completeness say together, each in its format's own words. */
export function completenessOf(said: readonly string[]): Completeness {
  if (said.some((word) => word.startsWith('incomplete'))) return 'incomplete';
  return said.length > 0 && said.every((word) => word === 'complete') ? 'complete' : 'unknown';
}
