import type { DumpedCrate, DumpedName, DumpedOwner, DumpedVersion } from '../dump/port.ts';
import type { MaintainersFact, Publisher } from './fact.ts';

/** What a dump says of a crate and of the user who published the release. */
export interface DumpedMaintainers {
  readonly crate: DumpedCrate;
  readonly owners: readonly DumpedOwner[];
  /** The oldest first. */
  readonly versions: readonly DumpedVersion[];
  /** What the user with this number has published. */
  readonly published: ReadonlyMap<number, Published>;
}

/** What a user has published, this crate and others. */
export interface Published {
  readonly otherCrates: number;
  readonly otherDownloads: number;
  /** Absent: nobody knows. */
  readonly takedowns: number | undefined;
}

/** Sums up what a user has published. `isMalicious`: whether a crate was taken down for it; absent: nobody knows. */
export function publishedOf(
  all: readonly DumpedName[],
  crateId: number,
  isMalicious: ((crate: string) => boolean) | undefined,
): Published {
  const others = all.filter(({ id }) => id !== crateId);
  return {
    otherCrates: others.length,
    otherDownloads: others.reduce((sum, { downloads }) => sum + downloads, 0),
    takedowns: isMalicious && all.filter(({ name }) => isMalicious(name)).length,
  };
}

/**
 * What the dump says of one release. The dump does not tell trusted publishing from a publisher that was never
 * recorded, so that a release without one has an unknown publisher.
 */
export function maintainersFromDump(dumped: DumpedMaintainers, version: string): MaintainersFact {
  const { crate, owners, versions } = dumped;
  const at = versions.findIndex(({ num }) => num === version);
  const release = versions[at];
  const earlier = release === undefined ? versions : versions.slice(0, at);
  const previous = earlier.at(-1);
  return {
    owners: owners.map((owner) => ({
      id: owner.ownerId,
      login: owner.login,
      kind: owner.kind,
      name: owner.name ?? undefined,
      since: owner.createdAt,
      registered: owner.registeredAt ?? undefined,
    })),
    publisher: release === undefined ? undefined : publisherOf(release, earlier, dumped),
    previousPublisher:
      previous?.publishedBy == null
        ? undefined
        : { id: previous.publishedBy, login: previous.publisherLogin ?? `#${previous.publishedBy}` },
    earlierReleases: release === undefined ? undefined : earlier.length,
    trustedPublishingOnly: crate.trustpubOnly ?? undefined,
    published: release?.createdAt,
  };
}

/** What the dump says of a user as the publisher of a crate, whoever published the release at hand. */
export function publisherFromDump(
  user: { readonly id: number; readonly login: string; readonly registered?: number | undefined },
  earlier: readonly DumpedVersion[],
  { published }: DumpedMaintainers,
): Publisher {
  const all = published.get(user.id);
  return {
    id: user.id,
    login: user.login,
    registered: user.registered,
    earlierReleases: earlier.filter(({ publishedBy }) => publishedBy === user.id).length,
    otherCrates: all?.otherCrates,
    otherDownloads: all?.otherDownloads,
    takedowns: all?.takedowns,
  };
}

function publisherOf(
  release: DumpedVersion,
  earlier: readonly DumpedVersion[],
  dumped: DumpedMaintainers,
): Publisher | undefined {
  const { publishedBy: id, publisherLogin, publisherRegisteredAt } = release;
  if (id === null) return undefined;
  const user = { id, login: publisherLogin ?? `#${id}`, registered: publisherRegisteredAt ?? undefined };
  return publisherFromDump(user, earlier, dumped);
}
