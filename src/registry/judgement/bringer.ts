import type { ReleaseRecord } from '../../store/records.ts';
import { type MirrorContext, upstreamOf } from '../context.ts';
import { RegistryError } from '../error.ts';
import { SingleFlight } from '../single-flight.ts';
import { comparedBy, isToBring, otherBytes, retryAfterTries } from './base.ts';
import { type ArchiveReading, type Extent, fetchArchive, isCurrent, readingOf } from './bytes.ts';
import type { Brought } from './update.ts';

/** A crate whose releases' bytes are wanted. */
export interface WantedCrate {
  readonly registry: string;
  readonly key: string;
  /** As the index spells it. */
  readonly name: string;
}

/** Whether the bytes of the release that this one is compared with are still to be brought. */
export async function lacksBase(
  { store, lineages }: Pick<MirrorContext, 'store' | 'lineages'>,
  release: ReleaseRecord,
): Promise<boolean> {
  const { registry, key, version, judged, archive } = release;
  const extent = judged === 'index' || archive === null ? undefined : comparedBy(readingOf(archive));
  if (extent === undefined) return false;
  const base = (await lineages.of(store, registry, key))?.lineage.baseOf(version);
  const record = base === undefined ? undefined : await store.release(registry, key, base);
  return record !== undefined && isToBring(record, extent);
}

/** Brings the bytes that a judgement needs. */
export class Bringer {
  readonly #context: MirrorContext;
  readonly #flights = new SingleFlight<ArchiveReading>();

  constructor(context: MirrorContext) {
    this.#context = context;
  }

  /**
   * The bytes of a release and, where anything of it is compared, as much of the one before it and of `base`. Throws as
   * `fetchArchive` does where its own cannot be had; of the others it is said why not.
   */
  async bring(crate: WantedCrate, version: string, base: string | undefined): Promise<readonly Brought[]> {
    const { store, lineages } = this.#context;
    const record = await store.release(crate.registry, crate.key, version);
    if (record === undefined) return [];
    const reading = await this.#read(crate, record, 'whole');
    const extent = comparedBy(reading);
    const lineage =
      extent === undefined ? undefined : (await lineages.of(store, crate.registry, crate.key))?.lineage;
    const brought: Brought[] = [{ version, reading, isAsked: true }];
    for (const other of new Set([lineage?.baseOf(version), base])) {
      if (extent === undefined || other === undefined || other === version) continue;
      if (lineage?.listed.has(other) !== true) continue;
      const known = await store.release(crate.registry, crate.key, other);
      if (known !== undefined && this.#isDue(known, extent))
        brought.push(await this.#bringBase(crate, known, extent));
    }
    return brought;
  }

  #isDue(base: ReleaseRecord, extent: Extent): boolean {
    if (!isToBring(base, extent)) return false;
    const { unread } = base;
    return unread === null || this.#context.now() >= unread.at + retryAfterTries(unread.tries);
  }

  async #bringBase(crate: WantedCrate, base: ReleaseRecord, extent: Extent): Promise<Brought> {
    const { version, checksum, judged } = base;
    try {
      // One that is judged by its bytes has all of them read again.
      const reading = await this.#read(crate, base, judged === 'index' ? extent : 'whole');
      if (reading.archive.checksum === checksum) return { version, reading, isAsked: false };
      return { version, unread: otherBytes };
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      return { version, unread: error.message };
    }
  }

  /** What was read of its bytes already, where they are here; else they are fetched, once however many want them. */
  async #read(
    { registry, name: crate }: WantedCrate,
    { version, checksum, archive }: ReleaseRecord,
    extent: Extent,
  ): Promise<ArchiveReading> {
    const { blobs, readArchive } = this.#context;
    if (isCurrent(archive, extent)) {
      const kept = readingOf(archive);
      if (kept.archive.checksum === checksum && (await blobs.has(checksum))) return kept;
    }
    const upstream = upstreamOf(this.#context, registry);
    return await this.#flights.run(`${registry}/${checksum}/${extent}`, () =>
      fetchArchive(upstream, blobs, readArchive, { crate, version, checksum }, extent),
    );
  }
}
