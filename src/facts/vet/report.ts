import { requirementText } from '../../cargo/requirement.ts';
import type { AuditEntry } from './audits-file.ts';
import type { PackageConflicts, VetConclusion } from './resolve.ts';
import { ownOrganisation } from './store.ts';
import { compareText } from './version.ts';
import type { Conflict } from './violations.ts';

/**
 * A conclusion in the form of `cargo vet --locked --output-format json`, for whatever reads that today. `suggest` is
 * null there too: a suggestion needs the sources of every version.
 */
export function reportJson(conclusion: VetConclusion): Readonly<Record<string, unknown>> {
  switch (conclusion.kind) {
    case 'success':
      return {
        conclusion: 'success',
        vetted_fully: conclusion.fully,
        vetted_partially: conclusion.partially,
        vetted_with_exemptions: conclusion.exempted,
      };
    case 'fail':
      return {
        conclusion: 'fail (vetting)',
        failures: conclusion.failures.map(({ name, version, missing }) => ({
          name,
          version,
          missing_criteria: missing,
        })),
        suggest: null,
      };
    case 'violations':
      return {
        conclusion: 'fail (violation)',
        violations: Object.fromEntries(
          conclusion.violations.map(conflictsJson).sort(([a], [b]) => compareText(a, b)),
        ),
      };
  }
}

function conflictsJson({ name, version, conflicts }: PackageConflicts): [string, unknown] {
  return [`${name}:${version}`, conflicts.map(conflictJson)];
}

function conflictJson(conflict: Conflict): unknown {
  const violation = {
    violation_source: sourceJson(conflict.violation.organisation),
    violation: auditJson(conflict.violation.entry),
  };
  if (conflict.kind === 'exemption') {
    const { version, criteria, suggest, notes } = conflict.exemption;
    const exemptions = {
      version: version.text,
      criteria: oneOrMoreJson(criteria),
      ...(suggest ? {} : { suggest }),
      notes: notes ?? null,
    };
    return { UnauditedConflict: { ...violation, exemptions } };
  }
  const { organisation, entry } = conflict.audit;
  return { AuditConflict: { ...violation, audit_source: sourceJson(organisation), audit: auditJson(entry) } };
}

function sourceJson(organisation: string): string | null {
  return organisation === ownOrganisation ? null : organisation;
}

function auditJson({ who, criteria, what, importable, notes, aggregatedFrom }: AuditEntry): unknown {
  return {
    ...(who.length === 0 ? {} : { who: oneOrMoreJson(who) }),
    criteria: oneOrMoreJson(criteria),
    version: what.kind === 'full' ? what.version.text : null,
    delta: what.kind === 'delta' ? `${what.from.text} -> ${what.to.text}` : null,
    violation: what.kind === 'violation' ? requirementText(what.range) : null,
    importable: importable ? null : false,
    notes: notes ?? null,
    ...(aggregatedFrom.length === 0 ? {} : { 'aggregated-from': oneOrMoreJson(aggregatedFrom) }),
  };
}

function oneOrMoreJson(list: readonly string[]): string | readonly string[] {
  return list.length === 1 ? (list[0] ?? '') : list;
}
