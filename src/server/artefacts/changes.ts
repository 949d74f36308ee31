import type { ArtefactRecord } from '../../store/inventory/records.ts';
import type { Store } from '../../store/store.ts';
import type { ArtefactReportJson } from '../artefact-contract.ts';
import { outlineJson } from '../kept-changes.ts';

/** Changes that are shown of an artefact. */
const most = 10;

/**
 * The verdicts on changes that an artefact was built of: those on the very Cargo.lock that its provenance names, whoever asked for them. None where provenance
 * names no Cargo.lock, or nobody asked, or it was too long ago.
 */
export async function changesOf(
  { changes }: Pick<Store, 'changes'>,
  { lockfile, verdictPolicy }: ArtefactRecord,
): Promise<ArtefactReportJson['changes']> {
  const found = lockfile === null ? [] : await changes.ofLockfile(lockfile, most);
  return found.map((one) => ({
    ...outlineJson(one),
    tie: 'lockfile',
    samePolicy: one.policy === verdictPolicy,
  }));
}
