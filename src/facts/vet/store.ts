import {
  type AuditsFile,
  emptyAuditsFile,
  readAuditsFile,
  readForeignAuditsFile,
  type TrustEntry,
} from './audits-file.ts';
import {
  type ConfigFile,
  type Exemption,
  type ImportEntry,
  isVersioned,
  type Policies,
  type Policy,
  readConfigFile,
} from './config-file.ts';
import { type Criteria, type CriteriaEntry, defineCriteria, selfImplying } from './criteria.ts';
import { importAudits } from './foreign.ts';
import { type ImportsFile, type Publication, readImportsFile, type Unpublished } from './imports-file.ts';
import type { Problem, Read, TextFile } from './toml-file.ts';
import { compareText } from './version.ts';

/** Everything that counts as audited, and for whom: one project's `supply-chain/`, or an organisation's own choice. */
export interface VetStore {
  readonly criteria: Criteria;
  /** Organisations by name, one's own last: the order in which cargo-vet looks at them. */
  readonly sources: readonly AuditSource[];
  /** Publishers that this store trusts, by crate. Others' trust is not taken over. */
  readonly trusted: ReadonlyMap<string, readonly TrustEntry[]>;
  readonly publishers: ReadonlyMap<string, readonly Publication[]>;
  readonly unpublished: ReadonlyMap<string, readonly Unpublished[]>;
  readonly exemptions: ReadonlyMap<string, readonly Exemption[]>;
  readonly policies: Policies;
  /** What `exemptions` and `policies` were read from. */
  readonly configFile: string;
}

/** One organisation's audits, in this store's criteria. */
export interface AuditSource {
  /** `own` for the store's own. */
  readonly organisation: string;
  readonly audits: AuditsFile;
}

/** The texts that make up a store. Any may be missing. */
export interface StoreFiles {
  readonly audits?: TextFile | undefined;
  readonly config?: TextFile | undefined;
  readonly imports?: TextFile | undefined;
  /** What organisations publish now, by name; it replaces what `imports` holds of them. */
  readonly live?: ReadonlyMap<string, readonly TextFile[]> | undefined;
  /** Who published what, as the registry says it; added to what `imports` holds. */
  readonly publishers?: ReadonlyMap<string, readonly Publication[]> | undefined;
}

/** What the store's own audits are attributed to. */
export const ownOrganisation = 'own';

/** Reads a store. A broken file is named and left out; what is left out only ever makes fewer crates pass. */
export function readStore(files: StoreFiles): {
  readonly store: VetStore;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const take = <T>({ value, problems: found }: Read<T>): T | undefined => {
    problems.push(...found);
    return value;
  };
  const own = take(refuseCircular(optional(files.audits, readAuditsFile))) ?? emptyAuditsFile('audits.toml');
  const config = take(optional(files.config, readConfigFile));
  const lock = take(optional(files.imports, readImportsFile));
  const criteria = defineCriteria(withDemanded(own.criteria, config?.policies));
  const live = [...(files.live ?? [])].flatMap(([name, texts]) =>
    texts.flatMap((text): AuditSource[] => {
      const theirs = take(readForeignAuditsFile(text));
      const rules = config?.imports.get(name) ?? noRules;
      const audits = theirs === undefined ? undefined : take(importAudits(theirs, criteria, rules));
      return audits === undefined ? [] : [{ organisation: name, audits }];
    }),
  );
  const imported = [...lockedSources(lock, files.live), ...live];
  if (imported.some(({ organisation }) => organisation === ownOrganisation)) {
    const message = `\`${ownOrganisation}\` is what one's own audits are called: import them under another name`;
    problems.push({ file: config?.file ?? 'config.toml', line: 0, message });
  }
  const store: VetStore = {
    criteria,
    sources: [
      ...imported
        .filter(({ organisation }) => organisation !== ownOrganisation)
        .sort((a, b) => compareText(a.organisation, b.organisation)),
      { organisation: ownOrganisation, audits: own },
    ],
    trusted: own.trusted,
    publishers: mergeLists(lock?.publishers, files.publishers),
    unpublished: lock?.unpublished ?? new Map(),
    exemptions: config?.exemptions ?? new Map(),
    policies: config?.policies ?? new Map(),
    configFile: config?.file ?? 'config.toml',
  };
  return { store, problems };
}

const noRules: Pick<ImportEntry, 'exclude' | 'criteriaMap'> = { exclude: [], criteriaMap: new Map() };

function optional<T>(source: TextFile | undefined, read: (source: TextFile) => Read<T>): Read<T> {
  return source === undefined ? { value: undefined, problems: [] } : read(source);
}

function refuseCircular(read: Read<AuditsFile>): Read<AuditsFile> {
  const circular = read.value === undefined ? undefined : selfImplying(read.value.criteria);
  if (read.value === undefined || circular === undefined) return read;
  const message = `its criterion \`${circular}\` implies itself`;
  return { value: undefined, problems: [{ file: read.value.file, line: 0, message }] };
}

function lockedSources(lock: ImportsFile | undefined, live: StoreFiles['live']): AuditSource[] {
  return [...(lock?.audits ?? [])]
    .filter(([organisation]) => live?.has(organisation) !== true)
    .map(([organisation, audits]) => ({ organisation, audits }));
}

/** A policy that demands what no one defines demands what no one can certify: it must not demand nothing instead. */
function withDemanded(
  own: ReadonlyMap<string, CriteriaEntry>,
  policies: ConfigFile['policies'] | undefined,
): ReadonlyMap<string, CriteriaEntry> {
  const nothing: CriteriaEntry = { description: undefined, descriptionUrl: undefined, implies: [] };
  const demanded = eachPolicy(policies ?? new Map()).flatMap(({ policy }) => demandedBy(policy));
  return new Map([...demanded.map((name) => [name, nothing] as const), ...own]);
}

/** One policy entry; without a version it holds for all of them. */
export interface PolicyEntry {
  readonly crate: string;
  readonly version: string | undefined;
  readonly policy: Policy;
}

export function eachPolicy(policies: Policies): PolicyEntry[] {
  return [...policies].flatMap(([crate, entry]): PolicyEntry[] =>
    isVersioned(entry)
      ? [...entry].map(([version, policy]) => ({ crate, version, policy }))
      : [{ crate, version: undefined, policy: entry }],
  );
}

/** Every criterion that a policy names. */
export function demandedBy(policy: Policy): string[] {
  return [
    ...(policy.criteria ?? []),
    ...(policy.devCriteria ?? []),
    ...[...policy.dependencyCriteria.values()].flat(),
  ];
}

function mergeLists<T>(
  a: ReadonlyMap<string, readonly T[]> | undefined,
  b: ReadonlyMap<string, readonly T[]> | undefined,
): ReadonlyMap<string, readonly T[]> {
  if (b === undefined) return a ?? new Map();
  const merged = new Map(a);
  for (const [key, list] of b) merged.set(key, [...(merged.get(key) ?? []), ...list]);
  return merged;
}
