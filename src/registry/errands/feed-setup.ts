import { createHash } from 'node:crypto';
import type { FeedReading } from '../../facts/feed/reading.ts';
import type { Store } from '../../store/store.ts';
import { concern } from './concerned.ts';
import type { FeedGroup } from './feed-group.ts';

/** Under which the store keeps which feeds were last in force. */
const record = 'configured feeds';

type Groups = Readonly<Record<string, Pick<FeedGroup<FeedReading>, 'names' | 'crates' | 'cratesOf'>>>;
type Names = Readonly<Record<string, readonly string[]>>;

/**
 * Notices that other feeds are configured than those by which was judged last: a feed that is new, gone, or taken over
 * in another way changes what is known, although none of them says anything new.
 */
export class FeedSetup {
  readonly #store: Store;
  readonly #groups: Groups;
  readonly #names: Names;
  readonly #digest: string;
  #settled = false;

  /** `rest` is what else of the configuration bears on judgements; plain JSON. */
  constructor(store: Store, groups: Groups, rest: object) {
    this.#store = store;
    this.#groups = groups;
    this.#names = Object.fromEntries(Object.entries(groups).map(([kind, group]) => [kind, group.names()]));
    this.#digest = createHash('sha256')
      .update(JSON.stringify([this.#names, rest]))
      .digest('hex');
  }

  /** The crates, by `canonicalName`, that are to be judged anew since the configuration is another; once. */
  async concerned(now: number): Promise<ReadonlySet<string>> {
    const concerned = new Set<string>();
    if (this.#settled) return concerned;
    const before = await this.#store.feed(record);
    if (before?.digest !== this.#digest) {
      const old = before === undefined ? {} : (JSON.parse(before.body) as Names);
      for (const [kind, group] of Object.entries(this.#groups)) {
        for (const key of group.crates()) concerned.add(key);
        const gone = (old[kind] ?? []).filter((name) => this.#names[kind]?.includes(name) !== true);
        for (const name of gone) for (const key of await group.cratesOf(name)) concerned.add(key);
      }
      const body = JSON.stringify(this.#names);
      await this.#store.write(async (tx) => {
        await tx.putFeed({ name: record, digest: this.#digest, body, at: now, triedAt: now, alarm: null });
        await concern(tx, concerned, now);
      });
    }
    this.#settled = true;
    return concerned;
  }
}
