/**
 * Who stands behind a release. Whatever a source does not say is absent: a rule never takes absence for a good sign.
 * All times are epoch milliseconds.
 */
export interface MaintainersFact {
  readonly owners: readonly Owner[];
  /** Who published the release; `null`: nobody in person, a trusted publisher's workflow did. */
  readonly publisher?: Publisher | null | undefined;
  /** Who published the release before it; `null` as above. */
  readonly previousPublisher?: Pick<Person, 'id' | 'login'> | null | undefined;
  /** Releases of the crate that came out before this one. */
  readonly earlierReleases?: number | undefined;
  /** Whether the crate takes releases from trusted publishers only. */
  readonly trustedPublishingOnly?: boolean | undefined;
  /** Whether this release came from a trusted publisher. */
  readonly trustedPublishing?: boolean | undefined;
  /** When the release came out. */
  readonly published?: number | undefined;
}

/** A user or team of the registry. */
export interface Person {
  /** The registry's own number: unlike a login it is never given to somebody else. */
  readonly id: number;
  readonly login: string;
}

/** A user or team that may publish. */
export interface Owner extends Person {
  readonly kind: 'user' | 'team';
  readonly name?: string | undefined;
  /** Since when it owns the crate. */
  readonly since?: number | undefined;
  /** Since when it is on the registry. */
  readonly registered?: number | undefined;
}

/** The user who published the release. */
export interface Publisher extends Person {
  /** Since when on the registry. */
  readonly registered?: number | undefined;
  /** Releases of this crate that the same user published before. */
  readonly earlierReleases?: number | undefined;
  /** Other crates that the user has published. */
  readonly otherCrates?: number | undefined;
  /** Downloads of those. */
  readonly otherDownloads?: number | undefined;
  /** Crates published by the user that were taken down as malicious. */
  readonly takedowns?: number | undefined;
}

/** The reason of the fact where nobody set up a source. Rules tell it from a source that cannot be had. */
export const notSetUp = 'neither the registry’s API nor a database dump is set up';
