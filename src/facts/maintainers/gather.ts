import type { DumpReader } from '../dump/port.ts';
import type { DumpState } from '../dump/records.ts';
import { type Fact, known, unknown } from '../fact.ts';
import type { ApiResult } from './api.ts';
import { type MaintainersFact, notSetUp, type Owner, type Publisher } from './fact.ts';
import { maintainersFromApi } from './from-api.ts';
import {
  type DumpedMaintainers,
  maintainersFromDump,
  type Published,
  publishedOf,
  publisherFromDump,
} from './from-dump.ts';

/** What the sources say of a crate; both, either or neither may be set up. */
export interface CrateMaintainers {
  /** What the API said, or why it did not; absent: it is not set up. */
  readonly asked?: ApiResult | undefined;
  /** Absent: no dump is set up. */
  readonly dump?: DumpedCrateMaintainers | undefined;
}

/** What the dump in force says of a crate. */
export interface DumpedCrateMaintainers {
  /** Absent: none was imported. */
  readonly state: DumpState | undefined;
  /** Absent: it does not have the crate. */
  readonly crate: DumpedMaintainers | undefined;
}

/**
 * Reads what the dump in force says of a crate and of everybody who published it: those that the dump names, and those
 * that the API names in `publishers`.
 */
export async function readDumped(
  dump: DumpReader,
  registry: string,
  name: string,
  publishers: Iterable<number>,
  isMalicious: ((crate: string) => boolean) | undefined,
): Promise<DumpedCrateMaintainers> {
  const state = await dump.state(registry);
  const crate = state === undefined ? undefined : await dump.crate(registry, name);
  if (crate === undefined) return { state, crate };
  const owners = await dump.owners(registry, crate.id);
  const versions = await dump.versions(registry, crate.id);
  const ids = new Set(publishers);
  for (const { publishedBy } of versions) if (publishedBy !== null) ids.add(publishedBy);
  const published = new Map<number, Published>();
  for (const id of ids)
    published.set(id, publishedOf(await dump.publishedBy(registry, id), crate.id, isMalicious));
  return { state, crate: { crate, owners, versions, published } };
}

/**
 * The maintainers fact of one release. The API says what is true now, the dump what the API does not tell: since when
 * somebody owns a crate, and what else a publisher has published.
 */
export function maintainersFact(
  { asked, dump }: CrateMaintainers,
  version: string,
  now: number,
): Fact<MaintainersFact> {
  if (asked === undefined && dump === undefined) return unknown(notSetUp, 'maintainers', now);
  const answer = asked?.kind === 'answer' ? asked.answer : undefined;
  const fromApi = answer && maintainersFromApi(answer, version);
  const dumped = dump?.crate;
  if (fromApi !== undefined) {
    const fact = dumped === undefined ? fromApi : enriched(fromApi, dumped, version);
    return known(fact, dumped === undefined ? 'API' : 'API and database dump', answer?.at ?? now);
  }
  if (dumped !== undefined)
    return known(maintainersFromDump(dumped, version), 'database dump', dump?.state?.takenAt ?? now);
  return unknown(reasonOf(asked, dump), 'maintainers', now);
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

function reasonOf(asked: ApiResult | undefined, dump: DumpedCrateMaintainers | undefined): string {
  const parts = [
    asked?.kind === 'none' ? asked.reason : undefined,
    asked?.kind === 'answer' ? 'the registry’s API does not have the release yet' : undefined,
    dump === undefined
      ? undefined
      : dump.state === undefined
        ? 'no database dump was imported'
        : 'the database dump does not have the crate',
  ];
  return parts.filter((part) => part !== undefined).join('; ');
}
