import type { DumpReader } from '../dump/port.ts';
import { type Fact, known, unknown } from '../fact.ts';
import type { MaintainersApi } from './api.ts';
import { type MaintainersFact, notSetUp, type Owner, type Publisher } from './fact.ts';
import { maintainersFromApi } from './from-api.ts';
import { type DumpedMaintainers, maintainersFromDump, publisherFromDump } from './from-dump.ts';

/** Where to ask; both, either or neither may be there. */
export interface MaintainersSources {
  readonly api?: MaintainersApi | undefined;
  readonly dump?: DumpReader | undefined;
  /** Whether a crate was taken down as malicious. A crate whose account was taken over is not meant. */
  readonly isMalicious?: ((crate: string) => boolean) | undefined;
}

export interface AskedRelease {
  readonly registry: string;
  readonly crate: string;
  readonly version: string;
  /** Epoch milliseconds; an answer of the API from before it is asked for anew. */
  readonly published?: number | undefined;
}

/**
 * The maintainers fact of one release. The API is asked for what is true now, the dump for what the API does not tell:
 * since when somebody owns a crate, and what else a publisher has published.
 */
export async function gatherMaintainers(
  release: AskedRelease,
  { api, dump, isMalicious }: MaintainersSources,
  now: number,
): Promise<Fact<MaintainersFact>> {
  if (api === undefined && dump === undefined) return unknown(notSetUp, 'maintainers', now);
  const asked = await api?.ask(release.crate, release.published);
  const answer = asked?.kind === 'answer' ? asked.answer : undefined;
  const fromApi = answer && maintainersFromApi(answer, release.version);
  const state = await dump?.state(release.registry);
  const dumped =
    dump === undefined || state === undefined
      ? undefined
      : await readDumped(dump, release, fromApi?.publisher?.id, isMalicious);
  if (fromApi !== undefined) {
    const fact = dumped === undefined ? fromApi : enriched(fromApi, dumped, release.version);
    return known(fact, dumped === undefined ? 'API' : 'API and database dump', answer?.at ?? now);
  }
  if (dumped !== undefined)
    return known(maintainersFromDump(dumped, release.version), 'database dump', state?.takenAt ?? now);
  return unknown(
    reasonOf(asked?.kind === 'none' ? asked.reason : undefined, answer, dump, state),
    'maintainers',
    now,
  );
}

async function readDumped(
  dump: DumpReader,
  { registry, crate: name, version }: AskedRelease,
  publisher: number | undefined,
  isMalicious: MaintainersSources['isMalicious'],
): Promise<DumpedMaintainers | undefined> {
  const crate = await dump.crate(registry, name);
  if (crate === undefined) return undefined;
  const owners = await dump.owners(registry, crate.id);
  const versions = await dump.versions(registry, crate.id);
  const by = publisher ?? versions.find(({ num }) => num === version)?.publishedBy ?? undefined;
  const published = by === undefined ? [] : ([[by, await dump.publishedBy(registry, by)]] as const);
  return { crate, owners, versions, published: new Map(published), isMalicious };
}

/** The API's words, with what only the dump knows added to them. */
function enriched(fact: MaintainersFact, dumped: DumpedMaintainers, version: string): MaintainersFact {
  const owners = fact.owners.map((owner): Owner => {
    const same = dumped.owners.find(({ kind, ownerId }) => kind === owner.kind && ownerId === owner.id);
    return { ...owner, since: same?.createdAt, registered: same?.registeredAt ?? owner.registered };
  });
  const { publisher } = fact;
  if (!publisher) return { ...fact, owners };
  const earlier = dumped.versions.filter(
    ({ num, createdAt }) => num !== version && createdAt < (fact.published ?? Number.POSITIVE_INFINITY),
  );
  const known = publisherFromDump(publisher, earlier, dumped);
  const asOwner = owners.find(({ kind, id }) => kind === 'user' && id === publisher.id);
  const merged: Publisher = {
    ...known,
    registered: publisher.registered ?? asOwner?.registered,
    earlierReleases: publisher.earlierReleases,
  };
  return { ...fact, owners, publisher: merged };
}

function reasonOf(
  refusal: string | undefined,
  answer: unknown,
  dump: DumpReader | undefined,
  state: unknown,
): string {
  const parts = [
    refusal ?? (answer === undefined ? undefined : 'the registry’s API does not have the release yet'),
    dump === undefined
      ? undefined
      : state === undefined
        ? 'no database dump was imported'
        : 'the database dump does not have the crate',
  ];
  return parts.filter((part) => part !== undefined).join('; ');
}
