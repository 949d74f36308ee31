import { canonicalName } from '../../cargo/index-path.ts';
import type { Finding } from '../../policy/finding.ts';
import { type JudgedRelease, unusedWaivers } from '../../policy/waiver-use.ts';
import type { MirrorContext } from '../context.ts';
import { crateName } from './gather.ts';

/** The waivers of the policy in force that except nothing in any release that this mirror knows. */
export async function unusedHere({
  store,
  upstreams,
  policy,
  now,
}: MirrorContext): Promise<readonly Finding[]> {
  const { waivers } = policy.policy;
  if (waivers.length === 0) return [];
  const names = new Set(waivers.map(({ crate }) => canonicalName(crate)));
  const judged: JudgedRelease[] = [];
  for (const registry of upstreams.keys()) {
    const keys = (await store.crateKeys(registry)).filter((key) => names.has(canonicalName(key)));
    for (const key of keys) {
      const records = await store.releases(registry, key);
      const crate = crateName(records);
      for (const { version, verdict, judged: by } of records) {
        judged.push({ subject: { crate, version }, findings: verdict.findings, whole: by === 'release' });
      }
    }
  }
  return unusedWaivers(waivers, judged, now());
}
