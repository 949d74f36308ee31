import type { ApiAnswer } from './api.ts';
import type { MaintainersFact, Person, Publisher } from './fact.ts';

/** What the API's answer says of one release; `undefined` when it does not have the release. */
export function maintainersFromApi(
  { crate, owners }: ApiAnswer,
  version: string,
): MaintainersFact | undefined {
  const release = crate.versions.find(({ num }) => num === version);
  if (release === undefined) return undefined;
  const earlier = crate.versions
    .filter((other) => other.created_at < release.created_at)
    .sort((a, b) => b.created_at - a.created_at);
  const by = release.published_by ?? undefined;
  const trustedPublishing = release.trustpub_data !== null && release.trustpub_data !== undefined;
  return {
    owners: owners.map(({ id, login, kind, name }) => ({ id, login, kind, name: name ?? undefined })),
    publisher: by === undefined ? nobody(trustedPublishing) : publisherOf(by, earlier),
    previousPublisher: earlier[0] === undefined ? undefined : previousOf(earlier[0]),
    earlierReleases: earlier.length,
    trustedPublishingOnly: crate.crate.trustpub_only ?? undefined,
    trustedPublishing,
    published: release.created_at,
  };
}

/** The numbers of the users who published a crate's releases. */
export function publishersIn({ crate }: ApiAnswer): ReadonlySet<number> {
  return new Set(crate.versions.flatMap(({ published_by }) => (published_by ? [published_by.id] : [])));
}

type ApiVersion = ApiAnswer['crate']['versions'][number];

function publisherOf(by: NonNullable<ApiVersion['published_by']>, earlier: readonly ApiVersion[]): Publisher {
  return {
    id: by.id,
    login: by.login,
    registered: by.created_at ?? undefined,
    earlierReleases: earlier.filter((other) => other.published_by?.id === by.id).length,
  };
}

function previousOf({ published_by, trustpub_data }: ApiVersion): Person | null | undefined {
  if (published_by) return { id: published_by.id, login: published_by.login };
  return nobody(trustpub_data !== null && trustpub_data !== undefined);
}

/** Nobody in person where a workflow published; else it is not known, as for the oldest releases. */
function nobody(trustedPublishing: boolean): null | undefined {
  return trustedPublishing ? null : undefined;
}
