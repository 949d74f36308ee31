import { LRUCache } from 'lru-cache';
import { type ServedCrate, servedSize } from './served.ts';

interface Load {
  readonly crate: Promise<ServedCrate | undefined>;
  /** Set when the crate changed while it was being loaded: the answer is used, but not kept. */
  stale: boolean;
}

/** Whether a crate left memory, or would have left it, since somebody began to watch. */
export interface Watch {
  readonly isForgotten: boolean;
  /** Watches no longer. */
  end(): void;
}

/** Served crates in memory, bounded by their bytes, each loaded once however many ask for it. */
export class CrateCache {
  readonly #served: LRUCache<string, ServedCrate>;
  readonly #loads = new Map<string, Load>();
  /** What is told to those who watch a crate, by its key. */
  readonly #watches = new Map<string, Set<() => void>>();
  /** Of a crate that was amended: the one that was loaded. */
  readonly #origins = new WeakMap<ServedCrate, ServedCrate>();

  constructor(maxBytes: number) {
    this.#served = new LRUCache({ maxSize: maxBytes, sizeCalculation: servedSize });
  }

  /** The crate if it is in memory: the hot path, without a promise. */
  peek(registry: string, key: string): ServedCrate | undefined {
    return this.#served.get(cacheKey(registry, key));
  }

  /** The crate, from memory or by `load`; `undefined` is not kept. */
  get(
    registry: string,
    key: string,
    load: () => Promise<ServedCrate | undefined>,
  ): Promise<ServedCrate | undefined> {
    const served = this.peek(registry, key);
    if (served !== undefined) return Promise.resolve(served);
    const name = cacheKey(registry, key);
    const running = this.#loads.get(name);
    if (running !== undefined && !running.stale) return running.crate;
    const started: Load = { crate: load(), stale: false };
    this.#loads.set(name, started);
    return started.crate
      .then((crate) => {
        if (crate !== undefined && !started.stale) this.#served.set(name, crate);
        return crate;
      })
      .finally(() => {
        if (this.#loads.get(name) === started) this.#loads.delete(name);
      });
  }

  /** Begins to load a crate that somebody is about to ask for. Where that fails, whoever asks loads it again, and is told. */
  begin(registry: string, key: string, load: () => Promise<ServedCrate | undefined>): void {
    this.get(registry, key, load).catch(() => undefined);
  }

  /**
   * Amends a crate, if the one in memory is `seen` or what others made of it meanwhile: then it was loaded before `seen` was looked
   * at, and lacks nothing but what is told of it here. `false` where nothing was done.
   */
  amend(seen: ServedCrate, change: (crate: ServedCrate) => ServedCrate): boolean {
    const name = cacheKey(seen.registry, seen.key);
    const current = this.#served.peek(name);
    const origin = this.#origin(seen);
    if (current === undefined || this.#origin(current) !== origin || this.#loads.has(name)) return false;
    const amended = change(current);
    this.#origins.set(amended, origin);
    this.#served.set(name, amended);
    return true;
  }

  #origin(crate: ServedCrate): ServedCrate {
    return this.#origins.get(crate) ?? crate;
  }

  /** Drops a crate whose records changed. */
  forget(registry: string, key: string): void {
    const name = cacheKey(registry, key);
    this.#served.delete(name);
    const running = this.#loads.get(name);
    if (running !== undefined) running.stale = true;
    for (const tell of this.#watches.get(name) ?? []) tell();
  }

  /** Drops everything, as when another policy comes into force. */
  clear(): void {
    this.#served.clear();
    for (const load of this.#loads.values()) load.stale = true;
    for (const tell of [...this.#watches.values()].flatMap((all) => [...all])) tell();
  }

  /** Watches a crate: what was read of it before others changed it, and said so, is not to be put into memory after. */
  watch(registry: string, key: string): Watch {
    const name = cacheKey(registry, key);
    const all = this.#watches.get(name) ?? new Set();
    this.#watches.set(name, all);
    let isForgotten = false;
    const tell = () => {
      isForgotten = true;
    };
    all.add(tell);
    return {
      get isForgotten() {
        return isForgotten;
      },
      end: () => {
        all.delete(tell);
        if (all.size === 0 && this.#watches.get(name) === all) this.#watches.delete(name);
      },
    };
  }
}

function cacheKey(registry: string, key: string): string {
  return `${registry}/${key}`;
}
