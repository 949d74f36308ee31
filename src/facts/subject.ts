/** What a verdict is about: one release, identified by registry, name, version and checksum. */
export interface ReleaseSubject {
  /** Name of the upstream registry as configured, e.g. `crates.io`. */
  readonly registry: string;
  /** Name as its index line spells it. */
  readonly crate: string;
  /** Full version, build metadata included. */
  readonly version: string;
  /** Lower-case hex SHA-256 of the `.crate`, as the index line says. */
  readonly checksum: string;
}

/** `crate@version`, the way cargo writes a package id. */
export function releaseId(subject: Pick<ReleaseSubject, 'crate' | 'version'>): string {
  return `${subject.crate}@${subject.version}`;
}
