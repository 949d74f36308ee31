import type { CrateRecord, ReleaseOutline } from '../../store/records.ts';
import { knowledgeOf, type MirrorContext } from '../context.ts';
import type { CrateCircumstances } from './gather.ts';

/** What is known of a crate whose records are at hand, for a judgement that changes nothing. */
export async function circumstancesOf(
  context: MirrorContext,
  registry: string,
  key: string,
  name: string,
  releases: readonly ReleaseOutline[],
  crate: CrateRecord | undefined,
): Promise<CrateCircumstances> {
  const { store, now } = context;
  return {
    name,
    firstSeen: crate?.firstSeen ?? now(),
    releases,
    listed: new Set(releases.filter(({ state }) => state !== 'withdrawn').map(({ version }) => version)),
    blocks: await store.activeBlocks(registry, key),
    breakGlass: await store.breakGlass(registry, key),
    decisions: await store.standingDecisions(registry, key),
    knowledge: await knowledgeOf(context, context.policy.policy, registry, key),
  };
}
