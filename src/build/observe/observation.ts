import type { RecordedActor } from '../record/act.ts';
import type { PkgConfigCall } from './pkg-config.ts';

/** What a build was seen to do. As JSON it is `safeguard observe --output`. */
export interface Observation {
  readonly format: 1;
  readonly command: readonly string[];
  /** Whether build scripts were kept in: no network, and nothing to write to but OUT_DIR and temporary files. */
  readonly confined: boolean;
  /** The exit code of the command; absent where a signal ended it. */
  readonly exit?: number | undefined;
  readonly actors: readonly ObservedActor[];
  /** What cannot be seen this way, as sentences. */
  readonly unseen: readonly string[];
}

/** Code of a package that ran during the build, with what it asked and told. */
export interface ObservedActor extends RecordedActor {
  /** What a build script told cargo, from its output file: cargo's own JSON leaves some of it out. */
  readonly directives: readonly string[];
  /** What it asked pkg-config by that name, and what it was told. */
  readonly pkgConfig: readonly PkgConfigCall[];
}
