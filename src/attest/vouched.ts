import { createHash } from 'node:crypto';
import { AttestError } from './error.ts';
import { buildType, type CertifiedJob } from './provenance.ts';
import { predicates, readStatement, type Statement } from './statement.ts';

/** What a server knows of the job that asks it to sign, and writes into the provenance. */
export interface Vouched {
  /** Who signs: the id of the builder. */
  readonly builder: string;
  readonly job: CertifiedJob;
  /** What the job was started for; `undefined` where its CI does not say: then the statement's own word is left. */
  readonly source: JobSource | undefined;
}

/** A repository, as `https://host/org/app`, and the commit (hex) that a job is of. */
export interface JobSource {
  readonly repository: string;
  readonly commit: string;
}

/**
 * Statements of a build (JSON, as it made them) as a server signs them: each is of a kind that builds make and about
 * what a provenance among them is about; who built it, whose job it was and of which repository stands in the
 * provenance as the server knows it, and the verdict names that one. Throws `AttestError('attest/statement')`.
 */
export function vouchedStatements(texts: readonly string[], vouched: Vouched): readonly Statement[] {
  const read = texts.map((text) => ({ text, said: readStatement(Buffer.from(text)) }));
  const made = new Map<string, string>();
  const subjects = new Set<string>();
  const provenances = new Map<Statement, Statement>();
  for (const { text, said } of read) {
    if (said.predicateType !== predicates.provenance) continue;
    const written = { ...said, predicate: withJob(said.predicate, vouched) };
    provenances.set(said, written);
    made.set(sha256Of(text), sha256Of(JSON.stringify(written)));
    for (const digest of subjectsOf(said)) subjects.add(digest);
  }
  return read.map(({ said }) => {
    const stranger = subjectsOf(said).find((digest) => !subjects.has(digest));
    if (stranger !== undefined)
      throw wrong(`a statement is about ${stranger.slice(0, 12)}, and no provenance of these is`);
    if (said.predicateType === predicates.verdict)
      return { ...said, predicate: withProvenance(said.predicate, made) };
    if (said.predicateType === predicates.sbom) return said;
    const provenance = provenances.get(said);
    if (provenance === undefined) throw wrong(`statements of the kind ${said.predicateType} are not signed`);
    return provenance;
  });
}

function withJob(predicate: unknown, { builder, job, source }: Vouched): unknown {
  const { buildDefinition, runDetails, ...rest } = tableOf(predicate, 'the predicate');
  const definition = tableOf(buildDefinition, 'buildDefinition');
  if (definition.buildType !== buildType) throw wrong(`it is no build of the kind ${buildType}`);
  const details = tableOf(runDetails, 'runDetails');
  return {
    ...rest,
    buildDefinition: {
      ...definition,
      internalParameters: { ...tableOf(definition.internalParameters, 'internalParameters'), job },
      resolvedDependencies: withSource(definition.resolvedDependencies, source),
    },
    runDetails: { ...details, builder: { ...tableOf(details.builder, 'builder'), id: builder } },
  };
}

/** The source under the repository of the job, where its commit is the job's. */
function withSource(dependencies: unknown, source: JobSource | undefined): unknown {
  if (!Array.isArray(dependencies)) throw wrong('resolvedDependencies is no list');
  if (source === undefined) return dependencies;
  const isSource = (one: unknown) => (one as { name?: unknown } | null)?.name === 'source';
  const [own, ...more] = dependencies.filter(isSource);
  const { digest } = (own ?? {}) as { readonly digest?: { readonly gitCommit?: unknown } };
  if (more.length > 0 || digest?.gitCommit !== source.commit)
    throw wrong(
      `it was built from ${typeof digest?.gitCommit === 'string' ? `the commit ${digest.gitCommit.slice(0, 12)}` : 'no commit'}, and its job is of ${source.commit.slice(0, 12)}`,
    );
  const written = { ...tableOf(own, 'the source'), uri: `git+${source.repository}` };
  return dependencies.map((one) => (one === own ? written : one));
}

/** A verdict with its provenance as that is signed. */
function withProvenance(predicate: unknown, made: ReadonlyMap<string, string>): unknown {
  const { inputAttestations, ...rest } = tableOf(predicate, 'the predicate');
  if (!Array.isArray(inputAttestations) || inputAttestations.length === 0)
    throw wrong('the verdict names no provenance');
  return {
    ...rest,
    inputAttestations: inputAttestations.map((one: unknown) => {
      const { digest } = tableOf(one, 'inputAttestations') as {
        readonly digest?: { readonly sha256?: unknown };
      };
      const sha256 = made.get(String(digest?.sha256));
      if (sha256 === undefined) throw wrong('the verdict names another provenance than these');
      return { ...(one as object), digest: { sha256 } };
    }),
  };
}

function subjectsOf({ subject }: Statement): readonly string[] {
  if (subject.length === 0) throw wrong('a statement is about nothing');
  return subject.map(({ digest: { sha256 = '' } }) => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw wrong('a statement is about something without a SHA-256');
    return sha256;
  });
}

function tableOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw wrong(`${what} is missing`);
}

function wrong(message: string): AttestError {
  return new AttestError('attest/statement', message);
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
