import { LRUCache } from 'lru-cache';
import { type ServedCrate, servedSize } from './served.ts';

interface Load {
  readonly crate: Promise<ServedCrate | undefined>;
  /** Set when the crate changed while it was being loaded: the answer is used, but not kept. */
  stale: boolean;
}

/** Served crates in memory, bounded by their bytes, each loaded once however many ask for it. */
export class CrateCache {
  readonly #served: LRUCache<string, ServedCrate>;
  readonly #loads = new Map<string, Load>();

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

  /** Puts a crate in the place of another, if that is still the one in memory. */
  replace(before: ServedCrate, after: ServedCrate): boolean {
    const name = cacheKey(before.registry, before.key);
    if (this.#served.peek(name) !== before || this.#loads.has(name)) return false;
    this.#served.set(name, after);
    return true;
  }

  /** Drops a crate whose records changed. */
  forget(registry: string, key: string): void {
    const name = cacheKey(registry, key);
    this.#served.delete(name);
    const running = this.#loads.get(name);
    if (running !== undefined) running.stale = true;
  }

  /** Drops everything, as when another policy comes into force. */
  clear(): void {
    this.#served.clear();
    for (const load of this.#loads.values()) load.stale = true;
  }
}

function cacheKey(registry: string, key: string): string {
  return `${registry}/${key}`;
}
