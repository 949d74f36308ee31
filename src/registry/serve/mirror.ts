import { traced } from '../../facts/tracing.ts';
import type { ReleaseRecord } from '../../store/records.ts';
import type { BlobHandle } from '../../store/store.ts';
import { type MirrorContext, settleNow, upstreamOf } from '../context.ts';
import { Bringer } from '../judgement/bringer.ts';
import { Previews } from '../judgement/preview.ts';
import { SingleFlight } from '../single-flight.ts';
import { Absences } from '../upstream/absences.ts';
import { readIndexOf } from '../upstream/index-reader.ts';
import type { Family } from './family.ts';
import { type Instead, useInstead } from './instead.ts';
import { isAdmitted, type ServedCrate, type ServedRelease, serveCrate } from './served.ts';

/** What became of a request for a release. */
export type ReleaseAnswer =
  | { readonly kind: 'served'; readonly release: ServedRelease; readonly blob: BlobHandle }
  | {
      readonly kind: 'refused';
      readonly crate: ServedCrate;
      readonly record: ReleaseRecord;
      readonly instead: Instead | undefined;
    }
  | { readonly kind: 'absent' };

/** The bytes of a release, by their SHA-256 (hex). */
export interface HotBytes {
  readonly checksum: string;
  readonly bytes: Buffer;
}

/** What became of a question about a release. */
export interface ReleaseStanding {
  readonly crate: ServedCrate;
  readonly record: ReleaseRecord;
  readonly instead: Instead | undefined;
}

/** Who has releases fetched that nobody waits for. */
const ownActors: ReadonlySet<string> = new Set(['watch', 'reader']);

/** The mirror's answers to those who ask for crates. What it does by itself is in `watch.ts`. */
export class Mirror {
  readonly context: MirrorContext;
  readonly #previews: Previews;
  readonly #absences = new Absences();
  readonly #firstReads = new SingleFlight<void>();
  readonly #judgements = new SingleFlight<void>();
  readonly #bringer: Bringer;

  constructor(context: MirrorContext) {
    this.context = context;
    this.#previews = new Previews(context);
    this.#bringer = new Bringer(context);
  }

  /**
   * The crate as it is served, if it is in memory: the hot path. Throws `RegistryError` `registry/behind` where another
   * replica may have decided otherwise.
   */
  peek(registry: string, key: string): ServedCrate | undefined {
    this.context.freshness.check();
    return this.context.cache.peek(registry, key);
  }

  /**
   * The bytes of a release, where it is handed out without another look, and they are in memory: the hot path. Else `release`
   * says what becomes of it. Throws as `peek` does.
   */
  peekBytes(registry: string, key: string, version: string): HotBytes | undefined {
    const release = this.peek(registry, key)?.releases.get(version);
    if (release === undefined || !isAdmitted(release) || release.judged !== 'release') return undefined;
    const bytes = this.context.blobs.peek?.(release.checksum);
    return bytes && { checksum: release.checksum, bytes };
  }

  /**
   * The crate as it is served; `undefined` where the upstream has none of that name. The first request for a crate
   * reads and judges its index file. Throws `RegistryError` when the upstream fails and nothing is recorded.
   */
  async crate(registry: string, key: string): Promise<ServedCrate | undefined> {
    const { cache } = this.context;
    const served = this.peek(registry, key);
    if (served !== undefined) return served;
    await this.#firstReads.run(`${registry}/${key}`, () => this.#readFirst(registry, key));
    return await cache.get(registry, key, async () => {
      const records = await this.#recorded(registry, key);
      return records === undefined || records.length === 0
        ? undefined
        : await serveCrate(registry, key, records);
    });
  }

  /**
   * Sees to it that the crate's index file was read and judged once. A cache of one's own serves nobody, so that no
   * index file is made ready for that. Throws as `crate` does.
   */
  async record(registry: string, key: string): Promise<void> {
    if (!this.context.isCache) await this.crate(registry, key);
    else await this.#firstReads.run(`${registry}/${key}`, () => this.#readFirst(registry, key));
  }

  /**
   * The crate for somebody who only looks around: one that nobody has asked for yet is judged and not recorded, so that
   * it is not polled ever after. Throws as `crate` does.
   */
  async glimpse(registry: string, key: string): Promise<ServedCrate | undefined> {
    const recorded = await this.context.store.crate(registry, key);
    const isKnown = recorded !== undefined && recorded.digest !== null;
    return isKnown ? await this.crate(registry, key) : await this.#previews.crate(registry, key);
  }

  /** The bytes of a release, if it is handed out; judged in full before it is for the first time. The caller closes the blob. */
  async release(registry: string, key: string, version: string): Promise<ReleaseAnswer> {
    const crate = await this.#judged(registry, key, version, 'download');
    const release = crate?.releases.get(version);
    if (crate === undefined || release === undefined) return { kind: 'absent' };
    if (isAdmitted(release)) {
      const blob =
        (await this.context.blobs.open(release.checksum)) ?? (await this.#bringBack(crate, release));
      // Opening it may have taken a while.
      this.context.freshness.check();
      if (blob !== undefined) return { kind: 'served', release, blob };
    }
    const standing = await this.#standing(crate, version);
    return standing === undefined ? { kind: 'absent' } : { kind: 'refused', ...standing };
  }

  /** Where a release stands, judged in full where that is still to come. */
  async standing(registry: string, key: string, version: string): Promise<ReleaseStanding | undefined> {
    const crate = await this.#judged(registry, key, version, 'question');
    return crate === undefined ? undefined : await this.#standing(crate, version);
  }

  /**
   * Brings the bytes of a release, and those of the one that it is compared with, and judges it by them, once however many
   * ask. `base` is a version that it is to be compared with besides.
   */
  async judge(registry: string, key: string, version: string, actor: string, base?: string): Promise<void> {
    const judge = () => traced('judge', () => ({ crate: key, version }), judgeNow);
    const judgeNow = async () => {
      const name = await this.#nameWith(registry, key, version);
      if (name === undefined) return;
      const brought = await this.#bringer.bring({ registry, key, name }, version, base);
      await settleNow(this.context, { registry, key, actor, update: { kind: 'archives', brought } });
    };
    const { fetches } = upstreamOf(this.context, registry);
    const flight = [registry, key, version, ...(base === undefined ? [] : [base])].join('/');
    // A client waits behind other clients at most, never for a turn of the mirror's own.
    await (ownActors.has(actor)
      ? fetches.itself.run(() => this.#judgements.run(flight, judge))
      : this.#judgements.run(flight, () => fetches.client.run(judge)));
  }

  /** The crate's name as its index spells it, where it has the release. */
  async #nameWith(registry: string, key: string, version: string): Promise<string | undefined> {
    const { isCache, lineages, store } = this.context;
    if (!isCache) {
      const crate = await this.crate(registry, key);
      return crate?.releases.has(version) === true ? crate.name : undefined;
    }
    await this.record(registry, key);
    const known = await lineages.of(store, registry, key);
    return known?.lineage.listed.has(version) === true ? known.name : undefined;
  }

  /** The crate, after the release was judged with its bytes, where it would otherwise be handed out unread. */
  async #judged(
    registry: string,
    key: string,
    version: string,
    actor: string,
  ): Promise<ServedCrate | undefined> {
    const crate = await this.crate(registry, key);
    const release = crate?.releases.get(version);
    if (release === undefined || !isAdmitted(release) || release.judged === 'release') return crate;
    await this.judge(registry, key, version, actor);
    return await this.crate(registry, key);
  }

  /** Bytes that were judged and then lost are fetched again; only the very same ones are taken. */
  async #bringBack(crate: ServedCrate, release: ServedRelease): Promise<BlobHandle | undefined> {
    await this.judge(crate.registry, crate.key, release.version, 'download');
    return await this.context.blobs.open(release.checksum);
  }

  async #standing(crate: ServedCrate, version: string): Promise<ReleaseStanding | undefined> {
    const { store } = this.context;
    const { registry, key } = crate;
    const record = await store.release(registry, key, version);
    if (record === undefined) return undefined;
    const family: Family = {
      crate: async (other) =>
        other === key
          ? crate
          : (this.peek(registry, other) ?? (await this.#servedIfRecorded(registry, other))),
      dependents: (other) => store.exactDependents(registry, other),
      line: async (other, wanted) => (await store.release(registry, other, wanted))?.line,
    };
    const instead = record.state === 'promoted' ? undefined : await useInstead(crate, version, family);
    return { crate, record, instead };
  }

  async #servedIfRecorded(registry: string, key: string): Promise<ServedCrate | undefined> {
    const recorded = await this.context.store.crate(registry, key);
    return recorded === undefined || recorded.digest === null ? undefined : await this.crate(registry, key);
  }

  async #readFirst(registry: string, key: string): Promise<void> {
    const { store, now } = this.context;
    const crate = await store.crate(registry, key);
    if (crate === undefined ? this.#absences.has(registry, key, now()) : crate.digest !== null) return;
    await readIndexOf(this.context, registry, key, 'request');
    if ((await store.crate(registry, key)) === undefined) this.#absences.note(registry, key, now());
  }

  /** The records of a crate that was read before, judged by the policy in force. */
  async #recorded(registry: string, key: string): Promise<readonly ReleaseRecord[] | undefined> {
    const crate = await this.context.store.crate(registry, key);
    if (crate === undefined || crate.digest === null) return undefined;
    const records = await this.context.store.releases(registry, key);
    const { policy, behind } = this.context.policy;
    if (behind || records.every((record) => record.policy === policy.digest)) return records;
    return (await settleNow(this.context, { registry, key, actor: 'policy', update: { kind: 'again' } }))
      .releases;
  }
}
