import type { ChangeOutline } from '../../store/changes/records.ts';
import type { ArtefactRecord } from '../../store/inventory/records.ts';
import type { Store } from '../../store/store.ts';
import type { ArtefactReportJson } from '../artefact-contract.ts';
import { outlineJson } from '../kept-changes.ts';

/** Changes that are shown of an artefact. */
const most = 10;

/**
 * The verdicts on changes that an artefact was built of, whoever asked for them: those on the commit that its
 * provenance names, then others on the very Cargo.lock that it names. Where there is none, the reason.
 */
export async function changesOf(
  { changes }: Pick<Store, 'changes'>,
  artefact: ArtefactRecord,
): Promise<Pick<ArtefactReportJson, 'changes' | 'changesUnknown'>> {
  const { lockfile, verdictPolicy } = artefact;
  const commit = artefact.commit?.toLowerCase() ?? null;
  const byCommit = commit === null ? [] : await changes.of({ commit }, most);
  const byLockfile = lockfile === null ? [] : await changes.of({ lockfile }, most);
  const told = new Set(byCommit.map(({ id }) => id));
  const json = (one: ChangeOutline, tie: 'commit' | 'lockfile') => ({
    ...outlineJson(one),
    tie,
    sameLockfile: lockfile === null ? null : one.lockfileDigest === lockfile,
    samePolicy: one.policy === verdictPolicy,
  });
  const found = [
    ...byCommit.map((one) => json(one, 'commit')),
    ...byLockfile.filter(({ id }) => !told.has(id)).map((one) => json(one, 'lockfile')),
  ].slice(0, most);
  return { changes: found, changesUnknown: found.length > 0 ? null : whyNone({ commit, lockfile }) };
}

function whyNone({ commit, lockfile }: { readonly commit: string | null; readonly lockfile: string | null }) {
  if (commit === null && lockfile === null)
    return 'nobody said of which commit, or by which Cargo.lock, it was built';
  const known = [...(commit === null ? [] : ['commit']), ...(lockfile === null ? [] : ['Cargo.lock'])];
  return `no verdict is kept here on its ${known.join(' or its ')}`;
}
