import { canonicalName } from '../../cargo/index-path.ts';
import type { AdvisoryDatabase } from './database.ts';

/**
 * Whether a crate was taken down as malicious. An advisory that leaves some of its releases unaffected is about a
 * crate that was taken over, and says nothing against who else published it.
 */
export function isTakenDown(crate: string, databases: readonly AdvisoryDatabase[]): boolean {
  const key = canonicalName(crate);
  return databases.some(({ byPackage }) =>
    (byPackage.get(key) ?? []).some(
      ({ kind, advisory }) =>
        kind === 'malicious' &&
        advisory.versions.affected.some(({ introduced, fixed }) => introduced === undefined && !fixed),
    ),
  );
}
