import { LRUCache } from 'lru-cache';
import type { BlockRecord } from '../../store/records.ts';
import { knowledgeOf, type MirrorContext, upstreamOf } from '../context.ts';
import { type ServedCrate, serveCrate } from '../serve/served.ts';
import { SingleFlight } from '../single-flight.ts';
import { assessCrate } from './assess.ts';
import { crateName } from './gather.ts';
import { relatives } from './lineage.ts';
import { reconcile } from './reconcile.ts';

/** How long a look is good for: milliseconds. */
const remember = 60_000;

/**
 * Crates as they would be served, judged by their index files and recorded nowhere: what somebody only looks at, as in
 * the hits of a search, is not polled ever after. Kept in memory for a minute; a block or another policy counts at once.
 */
export class Previews {
  readonly #context: MirrorContext;
  readonly #kept = new LRUCache<string, { readonly crate: ServedCrate | undefined; readonly until: number }>({
    max: 1000,
  });
  readonly #flights = new SingleFlight<ServedCrate | undefined>();

  constructor(context: MirrorContext) {
    this.#context = context;
  }

  /** `undefined` where the upstream has no such crate. Throws `RegistryError` where the upstream fails. */
  async crate(registry: string, key: string): Promise<ServedCrate | undefined> {
    const { now, policy, store } = this.#context;
    const blocks = await store.activeBlocks(registry, key);
    const name = JSON.stringify([registry, key, policy.policy.digest, ...blocks.map(({ id }) => id)]);
    const kept = this.#kept.get(name);
    // A clock that stepped back must not make it last.
    if (kept !== undefined && now() < kept.until && kept.until - now() <= remember) return kept.crate;
    return await this.#flights.run(name, async () => {
      const crate = await this.#look(registry, key, blocks);
      this.#kept.set(name, { crate, until: now() + remember });
      return crate;
    });
  }

  async #look(
    registry: string,
    key: string,
    blocks: readonly BlockRecord[],
  ): Promise<ServedCrate | undefined> {
    const { store, policy } = this.#context;
    const answer = await upstreamOf(this.#context, registry).indexFile(key);
    if (answer.kind !== 'file') return undefined;
    const now = this.#context.clock.judging();
    const file = { registry, key, bytes: answer.bytes, arrival: 'back-catalogue', now } as const;
    const releases = (await reconcile(file, [])).releases.map(({ observed }) => observed);
    const circumstances = {
      name: crateName(releases),
      firstSeen: now,
      ...relatives(releases, new Set(releases.map(({ version }) => version)), now),
      subjects: releases,
      previous: new Map(),
      blocks,
      breakGlass: await store.breakGlass(registry, key),
      decisions: await store.standingDecisions(registry, key),
      knowledge: await knowledgeOf(this.#context, policy.policy, registry, key),
    };
    return await serveCrate(registry, key, await assessCrate(circumstances, policy.policy, now, () => true));
  }
}
