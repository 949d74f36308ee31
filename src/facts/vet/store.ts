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

/** The same, each file read. */
export interface StoreParts extends Pick<StoreFiles, 'publishers'> {
  readonly audits?: AuditsFile | undefined;
  readonly config?: ConfigFile | undefined;
  readonly imports?: ImportsFile | undefined;
  readonly live?: ReadonlyMap<string, readonly AuditsFile[]> | undefined;
  /** How an organisation's audits are taken over, by its name; goes before what `config` says of it. */
  readonly rules?: ReadonlyMap<string, ImportRules> | undefined;
}

export type ImportRules = Pick<ImportEntry, 'exclude' | 'criteriaMap'>;

/** Reads a store. A broken file is named and left out; what is left out only ever makes fewer crates pass. */
export function readStore(files: StoreFiles): {
  readonly store: VetStore;
  readonly problems: readonly Problem[];
} {
  const { parts, problems } = readParts(files);
  const live = new Map<string, readonly AuditsFile[]>();
  for (const [name, texts] of files.live ?? []) {
    const read = texts.map(readForeignAuditsFile);
    problems.push(...read.flatMap((each) => each.problems));
    live.set(
      name,
      read.flatMap(({ value }) => value ?? []),
    );
  }
  const put = putTogether({ ...parts, live, publishers: files.publishers });
  return { store: put.store, problems: [...problems, ...put.problems] };
}

/** Reads a project's own files. */
export function readParts({ audits, config, imports }: StoreFiles): {
  readonly parts: StoreParts;
  readonly problems: Problem[];
} {
  const problems: Problem[] = [];
  const take = <T>({ value, problems: found }: Read<T>): T | undefined => {
    problems.push(...found);
    return value;
  };
  const parts = {
    audits: take(refuseCircular(optional(audits, readAuditsFile))),
    config: take(optional(config, readConfigFile)),
    imports: take(optional(imports, readImportsFile)),
  };
  return { parts, problems };
}

/** Makes a store of what was read. */
export function putTogether({ audits, config, imports: lock, ...parts }: StoreParts): {
  readonly store: VetStore;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const own = audits ?? emptyAuditsFile('audits.toml');
  const criteria = defineCriteria(withDemanded(own.criteria, config?.policies));
  const live = [...(parts.live ?? [])].flatMap(([name, files]) =>
    files.flatMap((theirs): AuditSource[] => {
      const rules = parts.rules?.get(name) ?? config?.imports.get(name) ?? noRules;
      const { value, problems: found } = importAudits(theirs, criteria, rules);
      problems.push(...found);
      return value === undefined ? [] : [{ organisation: name, audits: value }];
    }),
  );
  const imported = [...lockedSources(lock, parts.live), ...live];
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
    publishers: mergeLists(lock?.publishers, parts.publishers),
    unpublished: lock?.unpublished ?? new Map(),
    exemptions: config?.exemptions ?? new Map(),
    policies: config?.policies ?? new Map(),
    configFile: config?.file ?? 'config.toml',
  };
  return { store, problems };
}

const noRules: ImportRules = { exclude: [], criteriaMap: new Map() };

function optional<T>(source: TextFile | undefined, read: (source: TextFile) => Read<T>): Read<T> {
  return source === undefined ? { value: undefined, problems: [] } : read(source);
}

function refuseCircular(read: Read<AuditsFile>): Read<AuditsFile> {
  const circular = read.value === undefined ? undefined : selfImplying(read.value.criteria);
  if (read.value === undefined || circular === undefined) return read;
  const message = `its criterion \`${circular}\` implies itself`;
  return { value: undefined, problems: [{ file: read.value.file, line: 0, message }] };
}

function lockedSources(lock: ImportsFile | undefined, live: StoreParts['live']): AuditSource[] {
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
