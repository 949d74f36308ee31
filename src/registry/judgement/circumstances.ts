import type { ReleaseRecord } from '../../store/records.ts';
import type { CrateReader } from '../../store/store.ts';
import { knowledgeOf, type MirrorContext } from '../context.ts';
import { comparedBy } from './base.ts';
import { isRead, readingOf } from './bytes.ts';
import { type CrateCircumstances, crateName } from './gather.ts';
import { type Lineage, relatives } from './lineage.ts';

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
  for (const { record, base } of few) {
    const version = comparedVersion(record, base, lineage);
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

/** The version that a release is compared with, where it holds something that a comparison could find. */
export function comparedVersion(
  { version, archive }: Pick<ReleaseRecord, 'version' | 'archive'>,
  base: string | undefined,
  lineage: Lineage,
): string | undefined {
  if (!isRead(archive) || comparedBy(readingOf(archive)) === undefined) return undefined;
  return base ?? lineage.baseOf(version);
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
