import type { Purl } from './purl.ts';

/**
 * What a document says that a thing is made of, free of any format. Immutable, and the same for the same things: every
 * list has an order of its own, and no reference is random.
 */
export interface Bom {
  /** What the document is about. Its `ref` is no other component's. */
  readonly subject: Component;
  /** What was known when it was written: CISA's generation context. */
  readonly phase: 'pre-build' | 'build' | 'post-build';
  /** RFC 3339, in UTC. */
  readonly created: string | undefined;
  /** Whether the same source gives the same document tomorrow, and elsewhere. */
  readonly reproducible: boolean;
  /** Who answers for the document: an e-mail address or a URL (BSI TR-03183-2, 5.2.1). */
  readonly creator: string | undefined;
  readonly tools: readonly Tool[];
  /** Sorted by `ref`, without the subject. */
  readonly components: readonly Component[];
  /** Sorted by `ref`; one for the subject and for each component. */
  readonly dependencies: readonly Dependency[];
  /** Components whose own dependencies nobody looked for, sorted: their edges are not known to be complete. */
  readonly leaves?: readonly string[];
  /** Whether the components and edges are all that there are; `unknown` where something could not be read. */
  readonly completeness: Completeness;
  /** What could not be known, a sentence each. */
  readonly unknowns: readonly string[];
  readonly properties: readonly Property[];
}

export type Completeness = 'complete' | 'incomplete' | 'unknown';

export interface Component {
  /** Unique in its document. */
  readonly ref: string;
  readonly kind: 'application' | 'library';
  readonly name: string;
  /** Empty where it is not known. */
  readonly version: string;
  readonly purl: Purl | undefined;
  readonly description: string | undefined;
  /** As its maker writes them: `Name <address>`, a name, or an address. */
  readonly authors: readonly string[];
  readonly license: License | undefined;
  readonly hashes: readonly Hash[];
  readonly links: readonly Link[];
  /** `required`: it is in the artefact. `excluded`: it only ran while the artefact was made. */
  readonly scope: 'required' | 'excluded' | undefined;
  /** The name of the file that it is delivered as, and what kind of file that is. */
  readonly file: DeliveredFile | undefined;
  /** Why its identity is believed; absent where a lockfile or a registry says it. */
  readonly evidence?: Evidence | undefined;
  readonly properties: readonly Property[];
}

/** A component of which nothing is known but what it is called. */
export function bareComponent(
  known: Pick<Component, 'ref' | 'kind' | 'name' | 'version'> & Partial<Component>,
): Component {
  const { ref, kind, name, version } = known;
  return {
    ...{ ref, kind, name, version },
    purl: undefined,
    description: undefined,
    authors: [],
    license: undefined,
    hashes: [],
    links: [],
    scope: undefined,
    file: undefined,
    properties: [],
    ...known,
  };
}

/** CycloneDX 1.6, `componentIdentityEvidence`. Confidences are 0 to 1. */
export interface Evidence {
  readonly field: 'version' | 'purl';
  readonly confidence: number;
  readonly methods: readonly {
    readonly technique: 'source-code-analysis' | 'binary-analysis' | 'manifest-analysis';
    readonly confidence: number;
    /** Where it was seen. */
    readonly value: string;
  }[];
}

/** BSI TR-03183-2, 5.2.2: what the delivered file is. */
export interface DeliveredFile {
  readonly name: string;
  readonly executable: boolean;
  readonly archive: boolean;
  readonly structured: boolean;
}

export type License =
  /** A valid SPDX expression. */
  | { readonly kind: 'expression'; readonly text: string }
  /** Words that are none. */
  | { readonly kind: 'named'; readonly text: string };

export interface Hash {
  readonly algorithm: 'SHA-256' | 'SHA-512';
  /** Lower-case hex. */
  readonly value: string;
}

export interface Link {
  readonly kind: 'website' | 'vcs' | 'documentation' | 'distribution' | 'source-distribution';
  readonly url: string;
  /** Of what the address gives. */
  readonly hashes: readonly Hash[];
}

export interface Tool {
  readonly name: string;
  readonly version: string;
}

export interface Dependency {
  readonly ref: string;
  /** Sorted. */
  readonly dependsOn: readonly string[];
}

export interface Property {
  readonly name: string;
  readonly value: string;
}

/** Orders texts by code point: the same on every machine. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
