import { z } from 'zod';
import { crateKey, isCrateName } from '../../cargo/index-path.ts';
import { upstreamOf } from '../context.ts';
import { newestAdmitted } from './instead.ts';
import type { Mirror } from './mirror.ts';

/** One crate that a search found, as cargo's web API has it. */
export interface Found {
  readonly name: string;
  /** The newest release that is handed out. */
  readonly max_version: string;
  readonly description: string;
}

const answerSchema = z.object({
  crates: z.array(z.object({ name: z.string(), description: z.string().nullish() })),
  meta: z.object({ total: z.number() }).optional(),
});

/**
 * Searches the upstream, and where that has no search or does not answer, the crates that are known here. A crate
 * shows with the newest release that is handed out; one that has none does not show.
 */
export async function search(
  mirror: Mirror,
  registry: string,
  query: string,
  perPage: number,
): Promise<{ crates: readonly Found[]; total: number }> {
  mirror.context.freshness.check();
  const { crates, total } =
    (await searchUpstream(mirror, registry, query, perPage)) ??
    (await searchHere(mirror, registry, query, perPage));
  const looks = crates
    .filter(({ name }) => isCrateName(name))
    .slice(0, perPage)
    .map(async ({ name, description }): Promise<Found[]> => {
      const crate = await mirror.glimpse(registry, crateKey(name)).catch(() => undefined);
      const newest = crate === undefined ? undefined : newestAdmitted(crate);
      return crate === undefined || newest === undefined
        ? []
        : [{ name: crate.name, max_version: newest, description: description ?? '' }];
    });
  const found = (await Promise.all(looks)).flat();
  return { crates: found, total: Math.max(total - (crates.length - found.length), found.length) };
}

type Hits = { crates: readonly { name: string; description?: string | null | undefined }[]; total: number };

async function searchUpstream(
  mirror: Mirror,
  registry: string,
  query: string,
  perPage: number,
): Promise<Hits | undefined> {
  try {
    const answer = answerSchema.safeParse(await upstreamOf(mirror.context, registry).search(query, perPage));
    if (!answer.success) return undefined;
    return { crates: answer.data.crates, total: answer.data.meta?.total ?? answer.data.crates.length };
  } catch {
    // Searching is a convenience: what is known here is a fair answer when the upstream gives none.
    return undefined;
  }
}

async function searchHere(mirror: Mirror, registry: string, query: string, perPage: number): Promise<Hits> {
  const keys = await mirror.context.store.searchCrates(registry, crateKey(query), perPage);
  return { crates: keys.map((name) => ({ name })), total: keys.length };
}
