import type { ReleaseRecord } from '../../store/records.ts';
import type { CrateReader } from '../../store/store.ts';
import { knowledgeOf, type MirrorContext } from '../context.ts';
import { type CrateCircumstances, crateName } from './gather.ts';
import { relatives } from './lineage.ts';

/** What is known of a crate whose records are all at hand, for a judgement that changes nothing. */
export async function circumstancesOf(
  context: MirrorContext,
  registry: string,
  key: string,
  releases: readonly ReleaseRecord[],
  store: CrateReader = context.store,
): Promise<CrateCircumstances> {
  const firstSeen = (await store.crate(registry, key))?.firstSeen ?? context.now();
  const listed = releases.filter(({ state }) => state !== 'withdrawn').map(({ version }) => version);
  return {
    name: crateName(releases),
    firstSeen,
    ...relatives(releases, new Set(listed), firstSeen),
    ...(await besides(context, registry, key, store)),
  };
}

/** The same for the judgement of some of its releases, of which no others are read than those that they are compared with. */
export async function circumstancesOfFew(
  context: MirrorContext,
  registry: string,
  key: string,
  few: readonly { readonly record: ReleaseRecord; readonly base: string | undefined }[],
  store: CrateReader = context.store,
): Promise<CrateCircumstances> {
  const known = await context.lineages.of(store, registry, key);
  if (known === undefined)
    return await circumstancesOf(
      context,
      registry,
      key,
      few.map(({ record }) => record),
      store,
    );
  const { name, firstSeen, lineage } = known;
  const records = new Map(few.map(({ record }) => [record.version, record]));
  for (const { record, base } of few)
    for (const version of [lineage.baseOf(record.version), base]) {
      if (version === undefined || records.has(version) || !lineage.listed.has(version)) continue;
      const found = await store.release(registry, key, version);
      if (found !== undefined) records.set(version, found);
    }
  return {
    name,
    firstSeen,
    lineage,
    recordOf: (version) => (lineage.listed.has(version) ? records.get(version) : undefined),
    ...(await besides(context, registry, key, store)),
  };
}

async function besides(
  context: MirrorContext,
  registry: string,
  key: string,
  store: CrateReader,
): Promise<Pick<CrateCircumstances, 'blocks' | 'breakGlass' | 'decisions' | 'knowledge'>> {
  return {
    blocks: await store.activeBlocks(registry, key),
    breakGlass: await store.breakGlass(registry, key),
    decisions: await store.standingDecisions(registry, key),
    knowledge: await knowledgeOf(context, context.policy.policy, registry, key),
  };
}
