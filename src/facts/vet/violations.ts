import { matches } from '../../cargo/requirement.ts';
import type { AuditEntry } from './audits-file.ts';
import type { Exemption } from './config-file.ts';
import { criteriaSet, includesAll } from './criteria.ts';
import type { VetStore } from './store.ts';
import type { VetVersion } from './version.ts';

/** Two statements that cannot both be true: people have to talk. */
export type Conflict =
  | { readonly kind: 'audit'; readonly violation: SourcedAudit; readonly audit: SourcedAudit }
  | { readonly kind: 'exemption'; readonly violation: SourcedAudit; readonly exemption: Exemption };

/** An entry with the organisation that says it. */
export interface SourcedAudit {
  readonly organisation: string;
  readonly file: string;
  readonly entry: AuditEntry;
}

/** The violations that a store knows of a crate, in its sources' order. */
export function violationsOf(store: VetStore, crate: string): SourcedAudit[] {
  return auditsOf(store, crate).filter(({ entry }) => entry.what.kind === 'violation');
}

/** Whether a violation is about a version. */
export function isViolatedBy({ what }: AuditEntry, version: VetVersion): boolean {
  return what.kind === 'violation' && matches(what.range, version.semver);
}

/**
 * Audits and exemptions of a crate that a violation contradicts: an endpoint lies in its range, and they certify one
 * of the criteria that it names. Each is compared by itself: a violation of `safe-to-run` and `safe-to-deploy` is one
 * of `safe-to-run`, which contradicts either (cargo-vet: resolver.rs, `AuditGraph::build`).
 */
export function conflictsOf(store: VetStore, crate: string): Conflict[] {
  const audits = auditsOf(store, crate);
  return violationsOf(store, crate).flatMap((violation): Conflict[] => {
    const violated = violation.entry.criteria.map((name) => criteriaSet(store.criteria, [name]));
    const contradicts = (
      entry: { readonly criteria: readonly string[] },
      endpoints: readonly VetVersion[],
    ) => {
      const claimed = criteriaSet(store.criteria, entry.criteria);
      return (
        violated.some((set) => includesAll(claimed, set)) &&
        endpoints.some((version) => isViolatedBy(violation.entry, version))
      );
    };
    return [
      ...(store.exemptions.get(crate) ?? [])
        .filter((exemption) => contradicts(exemption, [exemption.version]))
        .map((exemption): Conflict => ({ kind: 'exemption', violation, exemption })),
      ...audits
        .filter(({ entry }) => contradicts(entry, endpointsOf(entry)))
        .map((audit): Conflict => ({ kind: 'audit', violation, audit })),
    ];
  });
}

function auditsOf(store: VetStore, crate: string): SourcedAudit[] {
  return store.sources.flatMap(({ organisation, audits }) =>
    (audits.audits.get(crate) ?? []).map((entry) => ({ organisation, file: audits.file, entry })),
  );
}

function endpointsOf({ what }: AuditEntry): readonly VetVersion[] {
  switch (what.kind) {
    case 'full':
      return [what.version];
    case 'delta':
      return [what.from, what.to];
    case 'violation':
      return [];
  }
}
