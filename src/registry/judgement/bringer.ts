import type { ReleaseRecord } from '../../store/records.ts';
import { type MirrorContext, upstreamOf } from '../context.ts';
import { RegistryError } from '../error.ts';
import { SingleFlight } from '../single-flight.ts';
import { isCompared, isToBring, otherBytes, retryAfterTries } from './base.ts';
import { type ArchiveReading, currentReading, fetchArchive, readingOf } from './bytes.ts';
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
  if (judged === 'index' || archive === null || !isCompared(readingOf(archive))) return false;
  const base = (await lineages.of(store, registry, key))?.lineage.baseOf(version);
  const record = base === undefined ? undefined : await store.release(registry, key, base);
  return record !== undefined && isToBring(record);
}

/** Brings the bytes that a judgement needs. */
export class Bringer {
  readonly #context: MirrorContext;
  readonly #flights = new SingleFlight<ArchiveReading>();

  constructor(context: MirrorContext) {
    this.#context = context;
  }

  /**
   * The bytes of a release and, where anything of it is compared, those of the one before it and of `base`. Throws as
   * `fetchArchive` does where its own cannot be had; of the others it is said why not.
   */
  async bring(crate: WantedCrate, version: string, base: string | undefined): Promise<readonly Brought[]> {
    const { store, lineages } = this.#context;
    const record = await store.release(crate.registry, crate.key, version);
    if (record === undefined) return [];
    const reading = await this.#read(crate, record);
    const lineage = isCompared(reading)
      ? (await lineages.of(store, crate.registry, crate.key))?.lineage
      : undefined;
    const brought: Brought[] = [{ version, reading, isAsked: true }];
    for (const other of new Set([lineage?.baseOf(version), base])) {
      if (other === undefined || other === version || lineage?.listed.has(other) !== true) continue;
      const known = await store.release(crate.registry, crate.key, other);
      if (known !== undefined && this.#isDue(known)) brought.push(await this.#bringBase(crate, known));
    }
    return brought;
  }

  #isDue(base: ReleaseRecord): boolean {
    if (!isToBring(base)) return false;
    const { unread } = base;
    return unread === null || this.#context.now() >= unread.at + retryAfterTries(unread.tries);
  }

  async #bringBase(crate: WantedCrate, base: ReleaseRecord): Promise<Brought> {
    const { version, checksum } = base;
    try {
      const reading = await this.#read(crate, base);
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
  ): Promise<ArchiveReading> {
    const { blobs, readArchive } = this.#context;
    if (archive?.startsWith(currentReading) === true) {
      const kept = readingOf(archive);
      if (kept.archive.checksum === checksum && (await blobs.has(checksum))) return kept;
    }
    const upstream = upstreamOf(this.#context, registry);
    return await this.#flights.run(`${registry}/${checksum}`, () =>
      fetchArchive(upstream, blobs, readArchive, { crate, version, checksum }),
    );
  }
}
