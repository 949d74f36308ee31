import { canonicalName } from '../../cargo/index-path.ts';
import type { FeedKind, FeedReading, FileProblem } from '../feed/reading.ts';
import { type AuditsFile, readForeignAuditsFile } from './audits-file.ts';
import { ownOrganisation, readParts, type StoreParts } from './store.ts';
import type { Problem, TextFile } from './toml-file.ts';

/** One reading of an organisation's audits, or of one's own `supply-chain/`. */
export interface AuditsFeed extends FeedReading {
  /** `own` for one's own. */
  readonly organisation: string;
  /** What was read, as it stands. */
  readonly texts: readonly TextFile[];
  /** One's own files, read. */
  readonly own: Pick<StoreParts, 'audits' | 'config' | 'imports'>;
  /** An organisation's files, read. */
  readonly live: readonly AuditsFile[];
  readonly statements: readonly CrateStatement[];
}

/** One statement on one crate, as text: equal texts say the same. */
interface CrateStatement {
  readonly crate: string;
  readonly text: string;
}

/** The files of a `supply-chain/` folder that say something. */
export const ownFiles = ['audits.toml', 'config.toml', 'imports.lock'] as const;

/** How audits are kept and compared. */
export const auditFeeds: FeedKind<
  AuditsFeed,
  { readonly organisation: string; readonly texts: readonly TextFile[] }
> = {
  noun: 'audits',
  size: ({ statements }) => statements.length,
  said: ({ organisation, texts }) => ({ organisation, texts }),
  restore: ({ organisation, texts, provenance, problems }) => ({
    ...readAudits(organisation, texts),
    provenance,
    problems,
  }),
  byCrate: ({ statements }) => {
    const groups = Map.groupBy(statements, ({ crate }) => canonicalName(crate));
    return new Map([...groups].map(([crate, each]) => [crate, each.map(({ text }) => text).join('\n')]));
  },
  // What a criterion means, and what is made of others' criteria, bears on every crate.
  shared: ({ own: { audits, config }, live }) =>
    textOf([[audits, ...live].map((file) => [...(file?.criteria ?? [])]), config?.imports, config?.policies]),
};

/** Reads an organisation's files. One that cannot be read is named and left out, the others work. */
export function readAudits(organisation: string, texts: readonly TextFile[]): Omit<AuditsFeed, 'provenance'> {
  if (organisation === ownOrganisation) {
    const named = (name: string) =>
      texts.find(({ file }) => file === name || file.endsWith(`/${name}`) || file.endsWith(`\\${name}`));
    const [audits, config, imports] = ownFiles.map(named);
    const { parts: own, problems } = readParts({ audits, config, imports });
    return {
      organisation,
      texts,
      own,
      live: [],
      statements: ownStatements(own),
      problems: problems.map(fileProblem),
    };
  }
  const read = texts.map(readForeignAuditsFile);
  const live = read.flatMap(({ value }) => value ?? []);
  const problems = read.flatMap((each) => each.problems.map(fileProblem));
  return { organisation, texts, own: {}, live, statements: live.flatMap(statementsOf), problems };
}

function ownStatements({ audits, config, imports }: AuditsFeed['own']): CrateStatement[] {
  return [
    ...(audits === undefined ? [] : statementsOf(audits)),
    ...said(config?.exemptions),
    ...[...(imports?.audits ?? [])].flatMap(([, file]) => statementsOf(file)),
    ...said(imports?.publishers),
    ...said(imports?.unpublished),
  ];
}

function statementsOf({ audits, wildcards, trusted }: AuditsFile): CrateStatement[] {
  return [...said(audits), ...said(wildcards), ...said(trusted)];
}

function said(table: ReadonlyMap<string, readonly object[]> | undefined): CrateStatement[] {
  return [...(table ?? [])].flatMap(([crate, entries]) =>
    entries.map((entry) => ({ crate, text: textOf(entry) })),
  );
}

/** Where a statement stands in its file says nothing: one more above it changes no other. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) => {
    if (key === 'line') return undefined;
    if (typeof inner === 'bigint') return String(inner);
    return inner instanceof Map ? [...inner] : inner;
  });
}

function fileProblem({ file, line, message }: Problem): FileProblem {
  return { path: file, reason: line === 0 ? message : `line ${line}: ${message}` };
}
