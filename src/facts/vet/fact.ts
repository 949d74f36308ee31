import { requirementText } from '../../cargo/requirement.ts';
import { type Fact, known, unknown } from '../fact.ts';
import { criteriaSet, includesAll, noCriteria } from './criteria.ts';
import { leastWays, type Reliance } from './met.ts';
import type { VetStore } from './store.ts';
import { vetVersion } from './version.ts';
import { type Edge, versionGraph } from './version-graph.ts';
import { isViolatedBy, violationsOf } from './violations.ts';

/** What cargo-vet audits say of one release. */
export interface VetFact {
  /** Which criteria it meets, and by whose word; one entry for every independent way. */
  readonly met: readonly VetMet[];
  /** Statements that it is not what a criterion asks for. */
  readonly violations: readonly VetViolation[];
  /** Whether nothing but exemptions speaks for it: nobody has looked. */
  readonly exemptionOnly: boolean;
  /** Why a configured source has no say in this, one clause each; absent when all of them have. */
  readonly missing?: readonly string[];
}

export interface VetMet extends Reliance {
  readonly criterion: string;
  /** From the version that was read in full to this one. */
  readonly steps: readonly VetStep[];
}

/** One statement on the way. */
export interface VetStep {
  readonly kind: 'full' | 'delta' | 'wildcard' | 'trusted' | 'exemption' | 'unpublished';
  /** Absent: the whole of `to` was looked at. */
  readonly from?: string;
  readonly to: string;
  readonly organisation?: string;
  readonly who: readonly string[];
  readonly file?: string;
  /** 1-based; 0 when unknown. */
  readonly line: number;
}

export interface VetViolation {
  readonly organisation: string;
  /** With all that they imply the other way round: who is not `safe-to-run` is not `safe-to-deploy` either. */
  readonly criteria: readonly string[];
  /** A version requirement. */
  readonly range: string;
  readonly who: readonly string[];
  readonly notes?: string;
  readonly file: string;
  /** 1-based; 0 when unknown. */
  readonly line: number;
}

/** The vet fact of one release. */
export function vetFact(
  store: VetStore,
  release: { readonly crate: string; readonly version: string },
  at: number,
): Fact<VetFact> {
  const version = vetVersion(release.version, undefined);
  if (version === undefined) return unknown('its version cannot be read', 'cargo-vet', at);
  const graph = versionGraph(store, release.crate);
  const met = store.criteria.names.flatMap((criterion, number) =>
    leastWays(graph, number, version).map(
      ({ organisations, exemption, publisher, path }): VetMet => ({
        criterion,
        organisations,
        exemption,
        publisher,
        steps: path.map(stepOf),
      }),
    ),
  );
  const violations = violationsOf(store, release.crate)
    .filter(({ entry }) => isViolatedBy(entry, version))
    .map(({ organisation, file, entry }): VetViolation => {
      const { what, who, criteria, notes, line } = entry;
      return {
        organisation,
        criteria: violatedNames(store, criteria),
        range: what.kind === 'violation' ? requirementText(what.range) : '',
        who,
        ...(notes === undefined ? {} : { notes }),
        file,
        line,
      };
    });
  const exemptionOnly = met.length > 0 && met.every(({ exemption }) => exemption);
  return known({ met, violations, exemptionOnly }, 'cargo-vet', at);
}

/** Every criterion that includes one of those that are violated. */
function violatedNames({ criteria }: VetStore, violated: readonly string[]): string[] {
  const sets = violated.map((name) => criteriaSet(criteria, [name])).filter((set) => set !== noCriteria);
  return criteria.names.filter((_, number) =>
    sets.some((set) => includesAll(criteria.closures[number] ?? noCriteria, set)),
  );
}

function stepOf({ from, to, origin }: Edge): VetStep {
  const place = { ...(from === undefined ? {} : { from: from.text }), to: to.text };
  switch (origin.kind) {
    case 'audit': {
      const { organisation, file, entry } = origin;
      const kind = from === undefined ? 'full' : 'delta';
      return { kind, ...place, organisation, who: entry.who, file, line: entry.line };
    }
    case 'wildcard':
    case 'trusted': {
      const { kind, organisation, file, entry } = origin;
      const who = 'who' in entry ? entry.who : [];
      return { kind, ...place, organisation, who, file, line: entry.line };
    }
    case 'exemption':
      return { kind: 'exemption', ...place, who: [], file: origin.file, line: origin.entry.line };
    case 'unpublished':
      return { kind: 'unpublished', ...place, who: [], line: 0 };
  }
}
