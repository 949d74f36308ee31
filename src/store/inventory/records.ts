/** One binary for one target, or what a document says of one that nobody showed. */
export interface ArtefactRecord {
  readonly id: number;
  /** 64 hex digits: the file's SHA-256; without a file, the digest of what is said of it. */
  readonly identity: string;
  /** Of the file, or as the document calls it. */
  readonly name: string;
  readonly version: string | null;
  /** SHA-256 of the file; `null` where only a document was there. */
  readonly digest: string | null;
  /** Bytes. */
  readonly size: number | null;
  /** What its linker gave it, lower-case hex. */
  readonly buildId: string | null;
  /** SHA-256 of what its segments bring into memory, which stripping leaves as it is; `null`: nobody says, or it is not ELF. */
  readonly segments: string | null;
  readonly format: 'elf' | 'pe' | 'macho' | 'wasm' | null;
  /** Target triple. */
  readonly target: string | null;
  /** Where its source is. */
  readonly project: string | null;
  readonly commit: string | null;
  /** When it was built, as far as somebody says so: epoch milliseconds. */
  readonly builtAt: number | null;
  readonly trust: ArtefactTrust;
  /** What the gate, or another verifier, said of it; as true as `trust` says. `null`: nobody said. */
  readonly verdict: ArtefactVerdict | null;
  /** SHA-256 of the policy that it is by, and when it was given: epoch milliseconds. */
  readonly verdictPolicy: string | null;
  readonly verdictAt: number | null;
  /** Who built it: `builder.id` of its provenance. */
  readonly builder: string | null;
  /** SHA-256 of the Cargo.lock that it was built by. */
  readonly lockfile: string | null;
  /** Whose signatures count, in words; `null` where it is not signed. */
  readonly signedBy: readonly string[] | null;
  /** What is known of the session that fetched, where signed provenance names one. */
  readonly session: 'known' | 'elsewhere' | 'forgotten' | null;
  /** Signatures that came and do not count, the newest first; `null`: none did. */
  readonly attempts: readonly Attempt[] | null;
  /** Whether the components are all that there are. */
  readonly completeness: 'complete' | 'incomplete' | 'unknown';
  readonly setId: number;
  /** When it was added, and when somebody last said the same or more of it. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Name of the token that added it. */
  readonly by: string;
}

/**
 * By what its components are known. `signed`: a document about these very bytes, signed by a key that the server goes
 * by. `unsigned`: a list or a document, on the word of whoever sent it. `recovered`: traces in the binary alone.
 */
export type ArtefactTrust = (typeof artefactTrusts)[number];

export const artefactTrusts = ['signed', 'unsigned', 'recovered'] as const;

/** In the gate's words; `passed` and `failed` are those of other verifiers. */
export type ArtefactVerdict = (typeof artefactVerdicts)[number];

export const artefactVerdicts = ['allow', 'hold', 'review', 'deny', 'passed', 'failed'] as const;

/** Signatures that were sent with an artefact and did not count. */
export interface Attempt {
  readonly reason: string;
  /** Name of the token that sent them. */
  readonly by: string;
  /** Epoch milliseconds. */
  readonly first: number;
  readonly last: number;
  readonly times: number;
}

/** How many artefacts are known by each. */
export type TrustCounts = Readonly<Record<ArtefactTrust, number>>;

/** A release that artefacts are made of. */
export interface ComponentRecord {
  readonly id: number;
  /** The canonical text of its purl; `local:NAME@VERSION` for what has none. */
  readonly identity: string;
  /** `cargo`: a crate of a registry or a repository. `local`: a part of somebody's project. `other`: of another ecosystem. */
  readonly kind: 'cargo' | 'local' | 'other';
  /** Its name as it is looked for: crates by `canonicalName`. */
  readonly key: string;
  readonly name: string;
  /** `null`: not known. */
  readonly version: string | null;
  /** Of crates: `crates.io`, the address of another registry, `git`; else `null`. */
  readonly source: string | null;
}

/** What one or more artefacts are made of. */
export interface SetRecord {
  readonly id: number;
  /** Of the components and edges: equal for equal ones. */
  readonly digest: string;
  /** None of a set that is kept in blocks. */
  readonly members: readonly Member[];
  /**
   * Positions of the members that the artefact itself needs; `null` where nobody says so. Of a set in blocks its depths
   * say which.
   */
  readonly roots: readonly number[] | null;
  /** How many members it has, where it is kept in blocks; `null`: they are here. */
  readonly size: number | null;
}

/** Some of the members of a large set: those whose ids are neighbours. */
export interface SetBlock {
  readonly setId: number;
  readonly block: number;
  /** Place of its first member in the set. */
  readonly first: number;
  /** How many members it has. */
  readonly size: number;
  /** Their ids, ascending; `anyLibrary` before them in the first block of a set that has a library. */
  readonly components: readonly number[];
  /** For each member the one before it on the shortest way in; 0: it begins there, or nothing leads to it. */
  readonly ways: ArrayLike<number>;
  /** For each member how many are on that way, itself among them; 0: nothing leads to it. */
  readonly depths: ArrayLike<number>;
  /** What they need by **id**, not by position. */
  readonly members: readonly Member[];
}

/** How often a set is used. */
export interface SetCount {
  readonly artefacts: number;
  /** Of them, those of which not all components are known. */
  readonly partly: number;
}

/** A component in an artefact. */
export interface Member {
  /** Its id. */
  readonly component: number;
  /** `build`: it only ran while the artefact was made. `unknown`: nobody says. */
  readonly scope: 'linked' | 'build' | 'unknown';
  /** `stated` by a list or a document; else how sure its recovery is. */
  readonly confidence: 'stated' | 'high' | 'low';
  /** How it is known: `document`, `list`, or the method of its recovery. */
  readonly method: string;
  /** Positions of the members that it needs; `null` where nobody says so. */
  readonly uses: readonly number[] | null;
  /** What it was compiled with, sorted and joined by commas; absent where nobody says so. */
  readonly features?: string | undefined;
}
