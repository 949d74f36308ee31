import type { SourceId } from '../source-id.ts';
import type { Artifact } from './artifact.ts';
import type { Features } from './feature.ts';
import type { PackageTargets } from './targets.ts';

/** What decides how a package is built: from its manifest, or from an index line and its archive's manifest. */
export interface Package {
  readonly name: string;
  readonly version: string;
  readonly dependencies: readonly Dependency[];
  /** As declared; implicit ones are added by `FeatureTable`. */
  readonly features: Features;
  readonly targets: PackageTargets;
  readonly links: string | undefined;
  /** Why the package is not known from its own words: its dependencies are then the lockfile's, its features unknown. */
  readonly opaque: string | undefined;
  /** Why nobody knows whether it is a macro or has a build script, where its index line is all that there is. */
  readonly unread?: string | undefined;
}

export interface Dependency {
  /** Its name in the depending package: what features and code call it by. */
  readonly name: string;
  /** The crate's own name. */
  readonly package: string;
  /** Absent for a path or repository that says none: any version then, pre-releases too, which `*` does not take. */
  readonly requirement: string | undefined;
  readonly source: DependencySource;
  readonly kind: 'normal' | 'dev' | 'build';
  readonly optional: boolean;
  readonly defaultFeatures: boolean;
  readonly features: readonly string[];
  /** A target triple or `cfg(…)`; absent: every target. */
  readonly platform: string | undefined;
  /** The program or C library of the crate that is wanted (`artifact = …`, unstable). */
  readonly artifact: Artifact | undefined;
}

/** Where a dependency is looked for. */
export type DependencySource =
  /** `undefined`: crates.io, or, for a package of a registry, that registry. */
  | { readonly kind: 'registry'; readonly source: SourceId | undefined }
  | {
      readonly kind: 'git';
      readonly url: string;
      readonly reference: 'default' | 'branch' | 'tag' | 'rev';
      readonly name: string;
    }
  | { readonly kind: 'path'; readonly folder: string };
