import { type AuditsFile, filterEntries } from './audits-file.ts';
import type { ImportEntry } from './config-file.ts';
import {
  type Criteria,
  type CriteriaEntry,
  criteriaSet,
  defineCriteria,
  isBuiltIn,
  noCriteria,
  numbersIn,
  selfImplying,
  shortestNames,
} from './criteria.ts';
import type { Problem } from './toml-file.ts';

/** Another organisation's audits, said in our criteria. */
export interface Imported {
  readonly value: AuditsFile | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Takes over another organisation's audits (cargo-vet: storage.rs, `fetch_single_imported_audit`). What an entry
 * implies is worked out in their criteria first, and each of those is then mapped; unmapped ones count for nothing.
 */
export function importAudits(
  theirs: AuditsFile,
  ours: Criteria,
  { exclude, criteriaMap }: Pick<ImportEntry, 'exclude' | 'criteriaMap'>,
): Imported {
  const circular = selfImplying(theirs.criteria);
  if (circular !== undefined) {
    const message = `its criterion \`${circular}\` implies itself`;
    return { value: undefined, problems: [{ file: theirs.file, line: 0, message }] };
  }
  const foreign = defineCriteria(theirs.criteria);
  const mapped = foreign.names.map((name) =>
    criteriaSet(ours, criteriaMap.get(name) ?? (isBuiltIn(name) ? [name] : [])),
  );
  const translate = <Entry extends { readonly criteria: readonly string[] }>(entry: Entry): Entry => {
    const set = numbersIn(foreign, criteriaSet(foreign, entry.criteria)).reduce(
      (sum, number) => sum | (mapped[number] ?? noCriteria),
      noCriteria,
    );
    return { ...entry, criteria: shortestNames(ours, set) };
  };
  const known = (entry: { readonly criteria: readonly string[] }) =>
    entry.criteria.some((name) => foreign.names.includes(name));
  const translateAll = <Entry extends { readonly criteria: readonly string[] }>(
    table: ReadonlyMap<string, readonly Entry[]>,
    keep: (crate: string) => boolean,
  ) =>
    new Map(
      [...filterEntries(table, (entry, crate) => keep(crate) && known(entry))].map(([crate, entries]) => [
        crate,
        entries.map(translate),
      ]),
    );
  return {
    value: {
      file: theirs.file,
      criteria: new Map<string, CriteriaEntry>(),
      // As in cargo-vet, `exclude` is about audits and violations; wildcard audits stay.
      audits: translateAll(theirs.audits, (crate) => !exclude.includes(crate)),
      wildcards: translateAll(theirs.wildcards, () => true),
      trusted: translateAll(theirs.trusted, () => true),
    },
    problems: [],
  };
}
