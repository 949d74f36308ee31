import type { AuditEntry, TrustEntry, WildcardEntry } from './audits-file.ts';
import type { Exemption } from './config-file.ts';
import { allCriteria, type CriteriaSet, criteriaSet } from './criteria.ts';
import type { Publication, Unpublished } from './imports-file.ts';
import { samePublisher } from './shapes.ts';
import { ownOrganisation, type VetStore } from './store.ts';
import type { VetVersion } from './version.ts';

/**
 * What is known of one crate as a graph: versions are its nodes, statements its edges. A full audit leads from
 * nothing, the root, to a version; a delta from one version to another, forwards or backwards.
 */
export interface VersionGraph {
  /** The edges that lead to a version, by its text. */
  readonly into: ReadonlyMap<string, readonly Edge[]>;
}

export interface Edge {
  /** `undefined` is the root: nothing had been looked at. */
  readonly from: VetVersion | undefined;
  readonly to: VetVersion;
  readonly criteria: CriteriaSet;
  readonly origin: Origin;
  /** How much rather not to rely on it. */
  readonly caveat: Caveat;
  /** Decides between edges that are equal otherwise; nearer to home is less (cargo-vet: `DeltaEdgeOrigin`). */
  readonly order: readonly number[];
}

export type Origin =
  | {
      readonly kind: 'audit';
      readonly organisation: string;
      readonly file: string;
      readonly entry: AuditEntry;
    }
  | {
      readonly kind: 'wildcard';
      readonly organisation: string;
      readonly file: string;
      readonly entry: WildcardEntry;
      readonly publication: Publication;
    }
  | {
      readonly kind: 'trusted';
      readonly organisation: string;
      readonly file: string;
      readonly entry: TrustEntry;
      readonly publication: Publication;
    }
  | { readonly kind: 'exemption'; readonly file: string; readonly entry: Exemption }
  | { readonly kind: 'unpublished'; readonly entry: Unpublished };

/** Least first: an audit, one that others should not rely on, an exemption, a stand-in for what is not published. */
export type Caveat = 0 | 1 | 2 | 3;

const own = -1;

/** Gathers what a store says of a crate. */
export function versionGraph(store: VetStore, crate: string): VersionGraph {
  const edges = [
    ...auditEdges(store, crate),
    ...publisherEdges(store, crate),
    ...(store.unpublished.get(crate) ?? []).map(
      (entry, index): Edge => ({
        from: entry.auditedAs,
        to: entry.version,
        criteria: allCriteria(store.criteria),
        origin: { kind: 'unpublished', entry },
        caveat: 3,
        order: [5, index],
      }),
    ),
    ...(store.exemptions.get(crate) ?? []).map(
      (entry, index): Edge => ({
        from: undefined,
        to: entry.version,
        criteria: criteriaSet(store.criteria, entry.criteria),
        origin: { kind: 'exemption', file: store.configFile, entry },
        caveat: 2,
        order: [4, index],
      }),
    ),
  ];
  return { into: Map.groupBy(edges, ({ to }) => to.text) };
}

function auditEdges(store: VetStore, crate: string): Edge[] {
  return store.sources.flatMap(({ organisation, audits }, source) =>
    (audits.audits.get(crate) ?? []).flatMap((entry, index): Edge[] => {
      const { what } = entry;
      if (what.kind === 'violation') return [];
      const local = organisation === ownOrganisation;
      return [
        {
          from: what.kind === 'full' ? undefined : what.from,
          to: what.kind === 'full' ? what.version : what.to,
          criteria: criteriaSet(store.criteria, entry.criteria),
          origin: { kind: 'audit', organisation, file: audits.file, entry },
          caveat: local && !entry.importable ? 1 : 0,
          order: local ? [0, index, entry.importable ? 1 : 0] : [1, source, index],
        },
      ];
    }),
  );
}

/** A release counts as audited in full where someone vouches for whoever published it that day. */
function publisherEdges(store: VetStore, crate: string): Edge[] {
  return (store.publishers.get(crate) ?? []).flatMap((publication, publisherIndex) => {
    const edge = (entry: TrustEntry, origin: Origin, order: readonly number[]): Edge => ({
      from: undefined,
      to: publication.version,
      criteria: criteriaSet(store.criteria, entry.criteria),
      origin,
      caveat: 0,
      order,
    });
    const wildcards = store.sources.flatMap(({ organisation, audits }, source) =>
      (audits.wildcards.get(crate) ?? []).flatMap((entry, index) => {
        if (!covers(entry, publication)) return [];
        const number = organisation === ownOrganisation ? own : source;
        const origin: Origin = { kind: 'wildcard', organisation, file: audits.file, entry, publication };
        return [edge(entry, origin, [2, number, index, publisherIndex])];
      }),
    );
    const trusted = (store.trusted.get(crate) ?? []).flatMap((entry) => {
      if (!covers(entry, publication)) return [];
      const file = store.sources.at(-1)?.audits.file ?? 'audits.toml';
      const origin: Origin = { kind: 'trusted', organisation: ownOrganisation, file, entry, publication };
      return [edge(entry, origin, [3, publisherIndex])];
    });
    return [...wildcards, ...trusted];
  });
}

function covers(entry: TrustEntry, { publisher, day }: Publication): boolean {
  return samePublisher(entry.publisher, publisher) && entry.start <= day && day < entry.end;
}
