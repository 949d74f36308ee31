import type { Resource } from './statement.ts';

/** How an artefact was made (SLSA 1.2, build provenance, `https://slsa.dev/provenance/v1`). */
export interface Provenance {
  readonly buildDefinition: {
    readonly buildType: typeof buildType;
    readonly externalParameters: ExternalParameters;
    readonly internalParameters: InternalParameters;
    readonly resolvedDependencies: readonly Resource[];
  };
  readonly runDetails: {
    readonly builder: { readonly id: string; readonly version: Readonly<Record<string, string>> };
    /** RFC 3339, in UTC. */
    readonly metadata: { readonly startedOn: string; readonly finishedOn: string };
    readonly byproducts: readonly Resource[];
  };
}

/** Whoever types the same gets the same build. docs/build.md says what each means. */
export interface ExternalParameters {
  /** Words of `cargo build`. */
  readonly command: readonly string[];
  /** Below the source. */
  readonly manifest: string;
  readonly target: string;
  /** Variables that came from outside. */
  readonly variables: Readonly<Record<string, string>>;
  /** Folders of the machine that it could read, beside the system's. */
  readonly readable: readonly string[];
}

/** What held the build, as it really was. */
export interface InternalParameters {
  readonly sandbox:
    | {
        readonly kind: 'bubblewrap';
        readonly version: string;
        /** `named`: what the policy names, by a proxy that logs each request. */
        readonly network: 'none' | 'named';
        readonly unixSockets: 'none' | 'own';
      }
    | { readonly kind: 'none' };
  /** What recorded it. */
  readonly recorder:
    | { readonly kind: 'strace'; readonly version: string }
    | { readonly kind: 'none'; readonly reason: string };
  readonly limits:
    | { readonly kind: 'cgroup'; readonly processes: number; readonly memory: number; readonly disk: number }
    /** Of processes, and of nothing else. */
    | { readonly kind: 'rlimit'; readonly processes: number; readonly reason: string; readonly disk: number }
    | { readonly kind: 'none'; readonly reason: string; readonly disk: number };
  /** What fetched, where what the job had was exchanged for it. */
  readonly session?: BuildSession;
  /** Whose job it was, where a server signed it: written by that server. */
  readonly job?: CertifiedJob;
  /** Lists of crates that were held against the resolved ones, and were the same. */
  readonly agreed: readonly string[];
}

/** A session of a server, by which a build fetched and which is over. */
export interface BuildSession {
  /** SHA-256 (hex) of its text, by which the server knows it; the text itself is random, and a secret. */
  readonly id: string;
  /** Whom the server knew the job to be. */
  readonly who: string;
  readonly server: string;
  /** SHA-256 (hex) of the Cargo.lock that it was bound to. */
  readonly lockfile: string;
  /** RFC 3339. */
  readonly ends: string;
}

/** The job that a server signed for, as it knew it by the token of its CI. */
export interface CertifiedJob {
  /** The `iss` of the token. */
  readonly issuer: string;
  /** Claims of the token by their names, such as `repository_id`. */
  readonly claims: Readonly<Record<string, string>>;
}

/** What this kind of build is called. The `.1` is that of its meaning. */
export const buildType = 'urn:safeguard:build:cargo:1';

/** Who built where nobody says who: a machine that signs with a key of its own is no service (SLSA build level 1). */
export const localBuilder = 'urn:safeguard:builder:local';

/** Who built it, as a provenance predicate says; `undefined` where it names nobody. */
export function builderIn(predicate: unknown): string | undefined {
  const { runDetails } = (predicate ?? {}) as {
    readonly runDetails?: { readonly builder?: { readonly id?: unknown } };
  };
  const id = runDetails?.builder?.id;
  return typeof id === 'string' ? id : undefined;
}

/** The kind of build that a provenance predicate is of. */
export function buildTypeIn(predicate: unknown): unknown {
  const { buildDefinition } = (predicate ?? {}) as {
    readonly buildDefinition?: { readonly buildType?: unknown } | null;
  };
  return buildDefinition?.buildType;
}

/**
 * What a second build came to is called this among the byproducts, and says by `annotations.same` whether it made the
 * same bytes.
 */
export const reproducedFile = 'reproduced.json';

/** Whether a second build made the same bytes, as a provenance predicate of ours says; `undefined` where there was none. */
export function reproducedIn(predicate: unknown): boolean | undefined {
  const { buildDefinition, runDetails } = (predicate ?? {}) as {
    readonly buildDefinition?: { readonly buildType?: unknown };
    readonly runDetails?: { readonly byproducts?: readonly Partial<Resource>[] };
  };
  const { byproducts } = runDetails ?? {};
  if (buildDefinition?.buildType !== buildType || !Array.isArray(byproducts)) return undefined;
  const told = byproducts.filter((one: Partial<Resource> | null) => one?.name === reproducedFile);
  return told.length === 0 ? undefined : told.every(({ annotations }) => annotations?.same === true);
}

/** The job that a provenance predicate of ours is of; `undefined` where it names none. It is as true as whoever signed it. */
export function jobIn(predicate: unknown): CertifiedJob | undefined {
  const { buildDefinition } = (predicate ?? {}) as {
    readonly buildDefinition?: {
      readonly buildType?: unknown;
      readonly internalParameters?: {
        readonly job?: { readonly issuer?: unknown; readonly claims?: unknown };
      };
    };
  };
  const { issuer, claims } = buildDefinition?.internalParameters?.job ?? {};
  if (buildDefinition?.buildType !== buildType || typeof issuer !== 'string') return undefined;
  const said = Object.entries((claims ?? {}) as Record<string, unknown>);
  if (!said.every(([, value]) => typeof value === 'string')) return undefined;
  return { issuer, claims: Object.fromEntries(said) as CertifiedJob['claims'] };
}
