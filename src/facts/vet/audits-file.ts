import { z } from 'zod';
import type { Requirement } from '../../cargo/requirement.ts';
import type { CriteriaEntry } from './criteria.ts';
import {
  day,
  delta,
  oneOrMore,
  type PublisherId,
  publisherFields,
  publisherOf,
  requirement,
  version,
} from './shapes.ts';
import {
  type Problem,
  type Read,
  readTomlFile,
  type TableLines,
  type TextFile,
  tableLines,
} from './toml-file.ts';
import type { VetVersion } from './version.ts';

/** An `audits.toml`: what one organisation has looked at, and whom it trusts. */
export interface AuditsFile {
  /** What messages call the file by. */
  readonly file: string;
  readonly criteria: ReadonlyMap<string, CriteriaEntry>;
  /** By crate, in the file's order. */
  readonly audits: ReadonlyMap<string, readonly AuditEntry[]>;
  readonly wildcards: ReadonlyMap<string, readonly WildcardEntry[]>;
  readonly trusted: ReadonlyMap<string, readonly TrustEntry[]>;
}

/** One statement on one crate. */
export interface AuditEntry extends Statement {
  readonly what: AuditKind;
  readonly who: readonly string[];
  /** Whether other organisations should take it over. */
  readonly importable: boolean;
}

export type AuditKind =
  | { readonly kind: 'full'; readonly version: VetVersion }
  | { readonly kind: 'delta'; readonly from: VetVersion; readonly to: VetVersion }
  | { readonly kind: 'violation'; readonly range: Requirement };

/** Every release that one publisher put out in a span of time. */
export interface TrustEntry extends Statement {
  readonly publisher: PublisherId;
  /** First day, UTC. */
  readonly start: string;
  /** The day after the last, UTC. */
  readonly end: string;
}

export interface WildcardEntry extends TrustEntry {
  readonly who: readonly string[];
  /** Whether to remind its author when it runs out. */
  readonly renew: boolean;
}

interface Statement {
  readonly criteria: readonly string[];
  readonly notes: string | undefined;
  /** The files that it was copied from. */
  readonly aggregatedFrom: readonly string[];
  /** 1-based; 0 when the layout hides it. */
  readonly line: number;
}

const criteriaEntry = z
  .strictObject({
    description: z.string().optional(),
    'description-url': z.string().optional(),
    implies: oneOrMore.default([]),
    'aggregated-from': oneOrMore.optional(),
  })
  .transform(
    (entry): CriteriaEntry => ({
      description: entry.description,
      descriptionUrl: entry['description-url'],
      implies: entry.implies,
    }),
  );

const auditEntry = z
  .strictObject({
    who: oneOrMore.default([]),
    criteria: oneOrMore.default([]),
    version: version.optional(),
    delta: delta.optional(),
    violation: requirement.optional(),
    importable: z.boolean().default(true),
    notes: z.string().optional(),
    'aggregated-from': oneOrMore.default([]),
  })
  .transform((entry, context) => {
    const kinds: AuditKind[] = [];
    if (entry.version !== undefined) kinds.push({ kind: 'full', version: entry.version });
    if (entry.delta !== undefined) kinds.push({ kind: 'delta', ...entry.delta });
    if (entry.violation !== undefined) kinds.push({ kind: 'violation', range: entry.violation });
    const [what] = kinds;
    if (what === undefined || kinds.length > 1) {
      context.addIssue({ code: 'custom', message: 'needs one of `version`, `delta` and `violation`' });
      return z.NEVER;
    }
    const { who, criteria, importable, notes } = entry;
    return { what, who, criteria, importable, notes, aggregatedFrom: entry['aggregated-from'] };
  });

// Unlike an audit, these let unknown keys pass (cargo-vet: format.rs, `#[serde(flatten)]`).
const trustFields = {
  criteria: oneOrMore,
  ...publisherFields,
  start: day,
  end: day,
  notes: z.string().optional(),
  'aggregated-from': oneOrMore.default([]),
};

const trustEntry = z.looseObject(trustFields).transform((entry, context) => {
  const { criteria, start, end, notes } = entry;
  const publisher = publisherOf(entry, context);
  return { criteria, publisher, start, end, notes, aggregatedFrom: entry['aggregated-from'] };
});

const wildcardEntry = z
  .looseObject({ ...trustFields, who: oneOrMore.default([]), renew: z.boolean().default(true) })
  .transform((entry, context) => {
    const { criteria, start, end, notes, who, renew } = entry;
    const publisher = publisherOf(entry, context);
    return { criteria, publisher, start, end, notes, who, renew, aggregatedFrom: entry['aggregated-from'] };
  });

const tables = <Entry extends z.ZodType>(entry: Entry) =>
  z.record(z.string(), z.array(entry)).default(() => ({}));

/** The whole file, every entry sound: how cargo-vet reads a project's own. */
export const auditsSchema = z.looseObject({
  criteria: z.record(z.string(), criteriaEntry).default({}),
  audits: tables(auditEntry),
  'wildcard-audits': tables(wildcardEntry),
  trusted: tables(trustEntry),
});

/** Its outer form only: what is in the tables is read one by one. */
const foreignSchema = z.looseObject({
  criteria: z.record(z.string(), z.unknown()).default({}),
  audits: tables(z.unknown()),
  'wildcard-audits': tables(z.unknown()),
  trusted: tables(z.unknown()),
});

/** Reads an organisation's own file. Like cargo-vet it takes all of it or nothing. */
export function readAuditsFile(source: TextFile): Read<AuditsFile> {
  const { value, problems } = readTomlFile(auditsSchema, source);
  if (value === undefined) return { value: undefined, problems };
  return { value: auditsFile(value, source.file, tableLines(source.text), []), problems };
}

/**
 * Reads a file that another organisation publishes. An entry that it cannot read, as a newer cargo-vet may write, is
 * left out and named; so are entries that their authors do not want taken over, quietly.
 */
export function readForeignAuditsFile(source: TextFile): Read<AuditsFile> {
  const { value, problems } = readTomlFile(foreignSchema, source);
  if (value === undefined) return { value: undefined, problems };
  const lines = tableLines(source.text);
  const skipped: Problem[] = [];
  const accept = <T>(schema: z.ZodType<T>, entry: unknown, path: readonly (string | number)[]): T[] => {
    const result = schema.safeParse(entry);
    if (result.success) return [result.data];
    const message = `${path.join('.')} is left out: ${result.error.issues[0]?.message ?? 'not understood'}`;
    skipped.push({ file: source.file, line: lines.lineOf(path), message });
    return [];
  };
  // `undefined` keeps the place of what was left out, so that the others keep their line.
  const each = <T>(table: keyof typeof value, schema: z.ZodType<T>) =>
    mapValues(value[table] as Readonly<Record<string, readonly unknown[]>>, (entries, crate) =>
      entries.map((entry, index) => accept(schema, entry, [String(table), crate, index])[0]),
    );
  const file = auditsFile(
    {
      criteria: Object.fromEntries(
        Object.entries(value.criteria).flatMap(([name, entry]) =>
          accept(criteriaEntry, entry, ['criteria', name]).map((read) => [name, read] as const),
        ),
      ),
      audits: each('audits', auditEntry),
      'wildcard-audits': each('wildcard-audits', wildcardEntry),
      trusted: each('trusted', trustEntry),
    },
    source.file,
    lines,
    [],
  );
  const audits = filterEntries(file.audits, (entry) => entry.importable);
  return { value: { ...file, audits }, problems: skipped };
}

/** What `auditsSchema` parsed, with lines; `prefix` is where the tables stand in a larger file. */
export function auditsFile(
  parsed: {
    readonly criteria: Readonly<Record<string, CriteriaEntry>>;
    readonly audits: Tables<Omit<AuditEntry, 'line'>>;
    readonly 'wildcard-audits': Tables<Omit<WildcardEntry, 'line'>>;
    readonly trusted: Tables<Omit<TrustEntry, 'line'>>;
  },
  file: string,
  lines: TableLines,
  prefix: readonly string[],
): AuditsFile {
  const place = <Entry extends object>(name: string, table: Tables<Entry>) =>
    new Map(
      Object.entries(table).map(([crate, entries]) => [
        crate,
        entries.flatMap((entry, index) =>
          entry === undefined ? [] : { ...entry, line: lines.lineOf([...prefix, name, crate, index]) },
        ),
      ]),
    );
  return {
    file,
    criteria: new Map(Object.entries(parsed.criteria)),
    audits: place('audits', parsed.audits),
    wildcards: place('wildcard-audits', parsed['wildcard-audits']),
    trusted: place('trusted', parsed.trusted),
  };
}

/** A file that says nothing. */
export function emptyAuditsFile(file: string): AuditsFile {
  return { file, criteria: new Map(), audits: new Map(), wildcards: new Map(), trusted: new Map() };
}

/** Keeps the entries that pass, and the crates that still have one. */
export function filterEntries<Entry>(
  table: ReadonlyMap<string, readonly Entry[]>,
  keep: (entry: Entry, crate: string) => boolean,
): Map<string, readonly Entry[]> {
  return new Map(
    [...table]
      .map(([crate, entries]) => [crate, entries.filter((entry) => keep(entry, crate))] as const)
      .filter(([, entries]) => entries.length > 0),
  );
}

type Tables<Entry> = Readonly<Record<string, readonly (Entry | undefined)[]>>;

function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  change: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
