import { builderIn } from '../attest/provenance.ts';
import { sourceIn } from '../attest/source.ts';
import { predicates } from '../attest/statement.ts';
import type { StatedVerdict } from './statement.ts';
import { verdictOf } from './verdict.ts';

/** What a provenance statement says of the files that it is about. Unverified: it is a claim until a signature is checked. */
export interface ProvenanceClaim extends Claim {
  readonly project: string | undefined;
  readonly commit: string | undefined;
  /** RFC 3339. */
  readonly built: string | undefined;
  readonly builder: string | undefined;
  /** SHA-256 (hex) of the Cargo.lock. */
  readonly lockfile: string | undefined;
}

/** What a verdict says of them. */
export interface VerdictClaim extends Claim {
  readonly verdict: StatedVerdict;
}

interface Claim {
  /** SHA-256 of the files, lower-case hex. */
  readonly digests: readonly string[];
}

/**
 * Reads SLSA provenance (predicate https://slsa.dev/provenance/v1), bare, in a DSSE envelope or in a bundle; `undefined` for
 * any other JSON.
 */
export function readProvenance(value: unknown): ProvenanceClaim | undefined {
  const statement = statementIn(value);
  const predicate = at(statement, 'predicate');
  if (!String(at(statement, 'predicateType') ?? '').startsWith('https://slsa.dev/provenance/'))
    return undefined;
  const finished = textOf(at(at(at(predicate, 'runDetails'), 'metadata'), 'finishedOn'));
  return {
    digests: digestsIn(statement),
    ...sourceOf(predicate),
    builder: builderIn(predicate),
    lockfile: lockfileIn(predicate),
    built: finished !== undefined && Number.isFinite(Date.parse(finished)) ? finished : undefined,
  };
}

/** Reads a verdict (predicate https://slsa.dev/verification_summary/v1) in the same forms; `undefined` for any other JSON. */
export function readVerdictClaim(value: unknown): VerdictClaim | undefined {
  const statement = statementIn(value);
  if (at(statement, 'predicateType') !== predicates.verdict) return undefined;
  return { digests: digestsIn(statement), verdict: verdictOf(at(statement, 'predicate')) };
}

function digestsIn(statement: unknown): readonly string[] {
  return list(at(statement, 'subject')).flatMap((subject) => {
    const digest = at(at(subject, 'digest'), 'sha256');
    return typeof digest === 'string' && /^[0-9a-f]{64}$/.test(digest) ? [digest] : [];
  });
}

/** By what its kind of build says; of a kind that is not known, the first of what it was made of that has a commit. */
function sourceOf(predicate: unknown): Pick<ProvenanceClaim, 'project' | 'commit'> {
  const told = sourceIn(predicate);
  if (told !== undefined) return { project: told.repository, commit: told.commit };
  const source = list(at(at(predicate, 'buildDefinition'), 'resolvedDependencies')).find(
    (each) => textOf(at(at(each, 'digest'), 'gitCommit')) !== undefined,
  );
  const uri = textOf(at(source, 'uri'));
  return {
    // A commit or branch may stand behind the address (SPDX's form).
    project: uri?.replace(/^git\+/, '').replace(/@[^/@]*$|@refs\/.*$/, ''),
    commit: textOf(at(at(source, 'digest'), 'gitCommit')),
  };
}

/**
 * SHA-256 (hex) of the Cargo.lock that a provenance predicate names among what it was built from, or that its session
 * was bound to; `undefined`: neither.
 */
function lockfileIn(predicate: unknown): string | undefined {
  const definition = at(predicate, 'buildDefinition');
  const named = list(at(definition, 'resolvedDependencies')).find((one) => at(one, 'name') === 'Cargo.lock');
  const session = at(at(definition, 'internalParameters'), 'session');
  const digests = [at(at(named, 'digest'), 'sha256'), at(session, 'lockfile')];
  return digests.find((one): one is string => typeof one === 'string' && /^[0-9a-f]{64}$/.test(one));
}

function statementIn(value: unknown): unknown {
  const envelope = at(value, 'dsseEnvelope') ?? value;
  const payload = at(envelope, 'payload');
  if (typeof payload !== 'string') return value;
  try {
    return JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}

function at(value: unknown, key: string): unknown {
  const isTable = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isTable && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
