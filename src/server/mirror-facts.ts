import { advisorySources } from '../facts/advisories/reading.ts';
import type { FactsPort, PackageFacts } from '../gate/facts-port.ts';
import type { TomlSource } from '../policy/toml.ts';
import { type Brought, bringLocked, lockedFacts, readLocked } from '../registry/locked/facts.ts';
import { listReleases, type Reach } from '../registry/locked/listing.ts';
import { upstreamOfSource } from '../registry/locked/source.ts';
import type { Mirror } from '../registry/serve/mirror.ts';

/** How a mirror answers the gate. */
export interface MirrorFactsOptions extends Reach {
  /** The policy that the project's own is put under. */
  readonly organisation?: TomlSource | undefined;
  /** What the organisation approved of for all its projects. */
  readonly approvals?: TomlSource | undefined;
  /** Addresses of indexes that stand for an upstream, beside the upstreams' own; by URL, with a slash at the end. */
  readonly own?: ReadonlyMap<string, string>;
  /** After each package. */
  readonly onDone?: (done: number, of: number) => void;
  /** What else is to be there before facts are gathered; it is begun before the packages are brought, and runs beside them. */
  readonly besides?: () => Promise<void>;
}

/** Packages that are looked into at a time. */
const parallel = 8;
/** Packages of which a cache is read in one go. */
const together = 400;

/** Facts out of a mirror in this process. */
export function mirrorFacts(mirror: Mirror, options: MirrorFactsOptions): FactsPort {
  const upstreams = [...mirror.context.upstreams.values()];
  const registryOf = (source: string) => upstreamOfSource(source, upstreams, options.own);
  return {
    facts: async (asked) => {
      mirror.context.freshness.check();
      let done = 0;
      const { context } = mirror;
      const bring = async () => {
        const brought: (Brought | undefined)[] = [];
        for (let from = 0; from < asked.length; from += together) {
          const part = asked.slice(from, from + together).map((one) => {
            const registry = registryOf(one.source);
            return registry === undefined ? undefined : { ...one, registry };
          });
          const known = part.flatMap((one) => one ?? []);
          const ahead = context.isCache ? await readLocked(context, known) : undefined;
          const found = await eachOf(part, async (one) => {
            const all = one && (await bringLocked(mirror, one, options, ahead));
            options.onDone?.(++done, asked.length);
            return all;
          });
          brought.push(...found);
        }
        return brought;
      };
      const [brought] = await Promise.all([bring(), options.besides?.()]);
      const answers = await eachOf(
        brought,
        async (one): Promise<PackageFacts> =>
          one === undefined
            ? undefined
            : { registry: one.asked.registry, ...(await lockedFacts(mirror, one)) },
      );
      const { organisation, approvals } = options;
      const { feeds } = mirror.context;
      const advisories = advisorySources(feeds.names().advisories, feeds.knowledge().advisories);
      return { now: mirror.context.clock.judging(), organisation, approvals, advisories, answers };
    },
    releases: (crates) =>
      eachOf(crates, async ({ crate, source }) => {
        const registry = registryOf(source);
        return registry === undefined ? [] : await listReleases(mirror, registry, crate, options);
      }),
  };
}

/** Works on a few at a time; answers in the order of the questions. */
async function eachOf<Asked, Answer>(
  asked: readonly Asked[],
  work: (one: Asked) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  const waiting = asked.entries();
  const run = async () => {
    for (const [i, one] of waiting) answers[i] = await work(one);
  };
  await Promise.all(Array.from({ length: Math.min(parallel, asked.length) }, run));
  return answers;
}
