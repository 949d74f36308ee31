import { z } from 'zod';
import { oneOrMore, version } from './shapes.ts';
import { type Read, readTomlFile, type TextFile, tableLines } from './toml-file.ts';
import { parseVetVersion, type VetVersion } from './version.ts';

/** A project's `config.toml`: whose audits it takes over, what it demands, and what it lets pass unseen. */
export interface ConfigFile {
  readonly file: string;
  /** By the name that this project gives the organisation. */
  readonly imports: ReadonlyMap<string, ImportEntry>;
  readonly policies: Policies;
  /** By crate, in the file's order. */
  readonly exemptions: ReadonlyMap<string, readonly Exemption[]>;
}

/** One organisation whose audits count here. */
export interface ImportEntry {
  readonly urls: readonly string[];
  /** Crates whose audits by them do not count. */
  readonly exclude: readonly string[];
  /** Their criterion → ours. Without a line here their built-in criteria are ours, and all others nothing. */
  readonly criteriaMap: ReadonlyMap<string, readonly string[]>;
}

/** By crate: one entry for all of its versions, or one each. */
export type Policies = ReadonlyMap<string, Policy | ReadonlyMap<string, Policy>>;

/** What a project demands at one of its crates. */
export interface Policy {
  /** Judge a crate of one's own, or from git, as if it came from the registry. */
  readonly auditAsCratesIo: boolean | undefined;
  /** Replaces what its dependents demand of it. */
  readonly criteria: readonly string[] | undefined;
  readonly devCriteria: readonly string[] | undefined;
  /** By dependency; replaces what would be passed on to it. */
  readonly dependencyCriteria: ReadonlyMap<string, readonly string[]>;
}

/** A version that passes although nobody looked at it. */
export interface Exemption {
  readonly version: VetVersion;
  readonly criteria: readonly string[];
  readonly suggest: boolean;
  readonly notes: string | undefined;
  /** 1-based; 0 when the layout hides it. */
  readonly line: number;
}

const criteriaMap = z.record(z.string(), oneOrMore).default({});

const policyEntry = z
  .looseObject({
    'audit-as-crates-io': z.boolean().optional(),
    criteria: oneOrMore.optional(),
    'dev-criteria': oneOrMore.optional(),
    'dependency-criteria': criteriaMap,
  })
  .transform(
    (entry): Policy => ({
      auditAsCratesIo: entry['audit-as-crates-io'],
      criteria: entry.criteria,
      devCriteria: entry['dev-criteria'],
      dependencyCriteria: new Map(Object.entries(entry['dependency-criteria'])),
    }),
  );

const importEntry = z
  .looseObject({
    url: oneOrMore,
    exclude: z.array(z.string()).default([]),
    'criteria-map': criteriaMap,
  })
  .transform(
    (entry): ImportEntry => ({
      urls: entry.url,
      exclude: entry.exclude,
      criteriaMap: new Map(Object.entries(entry['criteria-map'])),
    }),
  );

const exemptionEntry = z.looseObject({
  version,
  criteria: oneOrMore.default([]),
  suggest: z.boolean().default(true),
  notes: z.string().optional(),
});

const schema = z.looseObject({
  imports: z.record(z.string(), importEntry).default({}),
  policy: z.record(z.string(), policyEntry).default({}).transform(policiesOf),
  exemptions: z.record(z.string(), z.array(exemptionEntry)).optional(),
  // Its name before cargo-vet 0.3.
  unaudited: z.record(z.string(), z.array(exemptionEntry)).optional(),
});

/** Reads a project's `config.toml`. */
export function readConfigFile(source: TextFile): Read<ConfigFile> {
  const { value, problems } = readTomlFile(schema, source);
  if (value === undefined) return { value: undefined, problems };
  const table = value.exemptions === undefined ? 'unaudited' : 'exemptions';
  const lines = tableLines(source.text);
  const exemptions = Object.entries(value[table] ?? {}).map(([crate, entries]) => {
    const placed = entries.map(({ version, criteria, suggest, notes }, index): Exemption => {
      return { version, criteria, suggest, notes, line: lines.lineOf([table, crate, index]) };
    });
    return [crate, placed] as const;
  });
  return {
    value: {
      file: source.file,
      imports: new Map(Object.entries(value.imports)),
      policies: value.policy,
      exemptions: new Map(exemptions),
    },
    problems,
  };
}

/** The policy that holds for a version of a crate, if there is one. */
export function policyOf(policies: Policies, crate: string, version: VetVersion): Policy | undefined {
  const entry = policies.get(crate);
  return entry === undefined || isVersioned(entry) ? entry?.get(version.text) : entry;
}

export function isVersioned(
  entry: Policy | ReadonlyMap<string, Policy>,
): entry is ReadonlyMap<string, Policy> {
  return entry instanceof Map;
}

/** Keys are `crate` or `crate:version`; a crate has the one kind or the other (cargo-vet: serialization.rs, `policy`). */
function policiesOf(
  entries: Readonly<Record<string, Policy>>,
  context: { addIssue(issue: { code: 'custom'; message: string }): void },
): Policies {
  const policies = new Map<string, Policy | Map<string, Policy>>();
  for (const [key, policy] of Object.entries(entries)) {
    const colon = key.indexOf(':');
    const crate = colon === -1 ? key : key.slice(0, colon);
    const there = policies.get(crate);
    if (colon === -1) {
      if (there !== undefined) context.addIssue({ code: 'custom', message: mixed(crate) });
      policies.set(crate, policy);
      continue;
    }
    const version = parseVetVersion(key.slice(colon + 1));
    if (version === undefined)
      context.addIssue({ code: 'custom', message: `\`${key}\` does not end in a version` });
    else if (there === undefined) policies.set(crate, new Map([[version.text, policy]]));
    else if (there instanceof Map) there.set(version.text, policy);
    else context.addIssue({ code: 'custom', message: mixed(crate) });
  }
  return policies;
}

function mixed(crate: string): string {
  return `\`${crate}\` has policies with and without a version`;
}
