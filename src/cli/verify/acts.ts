import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { verifyEnvelope } from '../../attest/dsse.ts';
import { AttestError } from '../../attest/error.ts';
import { readVerifier, type Verifier } from '../../attest/keys.ts';
import { builderIn, type InternalParameters } from '../../attest/provenance.ts';
import { signedStatement } from '../../attest/signed-statement.ts';
import { predicates, type Statement } from '../../attest/statement.ts';
import { digestsOf } from '../../build/sbom/artefact.ts';
import { statementFile, statementKinds } from '../build/statements.ts';
import { CliError, exit } from '../shared/error.ts';
import { paint, print, printable } from '../shared/terminal.ts';

export interface VerifyOptions {
  readonly key: string;
  readonly bundle?: readonly string[];
  readonly sbom?: string;
  readonly builderId?: string;
  readonly format: 'text' | 'json';
}

/** One thing that was looked at; `problem` is why it does not hold. */
interface Finding {
  readonly about: string;
  readonly said: string;
  readonly problem: string | undefined;
}

/** Prints what holds of what was said of a program. Throws `CliError` where a file cannot be read. */
export async function verify(file: string, options: VerifyOptions): Promise<void> {
  const digests = digestsOf(bytesOf(file));
  const verifier = keyFrom(options.key);
  const beside = statementKinds.map((kind) => join(dirname(file), statementFile(basename(file), kind, true)));
  const bundles = options.bundle ?? beside;
  const read = bundles.map((bundle) => findingsOf(bundle, digests, verifier, options, file));
  const findings = [
    ...read.flatMap((one) => one.findings),
    ...(options.bundle === undefined ? lacking(read.flatMap(({ kind }) => kind ?? [])) : []),
  ];
  const failed = findings.filter(({ problem }) => problem !== undefined);
  process.exitCode = failed.length === 0 ? exit.ok : exit.problem;
  if (options.format === 'json') {
    const rows = findings.map((one) => ({ ...one, problem: one.problem ?? null }));
    print(
      JSON.stringify(
        { file, sha256: digests.sha256, verified: failed.length === 0, findings: rows },
        null,
        2,
      ),
    );
    return;
  }
  for (const { about, said, problem } of findings) {
    const mark = problem === undefined ? paint('green', '✓') : paint('red', '✖');
    print(`${mark} ${printable(about)}: ${printable(problem ?? said)}`);
  }
  print(
    failed.length === 0
      ? `${printable(file)} is what was signed.`
      : `${printable(file)} is not to be trusted: ${failed.length} of ${findings.length} do not hold.`,
  );
}

/** What a program that is to be trusted has: one statement of each kind, whatever their files are called. */
function lacking(kinds: readonly string[]): readonly Finding[] {
  return statementKinds
    .filter((kind) => !kinds.includes(predicates[kind]))
    .map((kind) => ({ about: kind, said: '', problem: `no ${kind} was signed for this file` }));
}

interface ReadBundle {
  /** Of what is signed; absent where nothing of it counts. */
  readonly kind?: string;
  readonly findings: readonly Finding[];
}

function findingsOf(
  bundle: string,
  digests: ReturnType<typeof digestsOf>,
  verifier: Verifier,
  options: VerifyOptions,
  file: string,
): ReadBundle {
  const about = basename(bundle);
  const refused = (problem: string): ReadBundle => ({ findings: [{ about, said: '', problem }] });
  if (!existsSync(bundle)) return refused('it is not there');
  let said: Statement;
  try {
    said = signedStatement(bytesOf(bundle).toString('utf8'), (envelope) =>
      verifyEnvelope(envelope, verifier),
    );
  } catch (error) {
    if (!(error instanceof AttestError)) throw error;
    return refused(error.message);
  }
  // Every digest that it gives has to be these bytes', and one that is good enough must be among them.
  const known: Readonly<Record<string, string>> = digests;
  const isSubject = said.subject.some(
    ({ digest }) =>
      digest.sha256 === digests.sha256 &&
      Object.entries(digest).every(([name, value]) => known[name] === undefined || known[name] === value),
  );
  if (!isSubject) return refused('it is about other bytes than this file has');
  return {
    kind: said.predicateType,
    findings: [
      { about, said: 'signed by this key, about these bytes', problem: undefined },
      ...sayings(said, options, file),
    ],
  };
}

/** What a statement says, by its kind. Nothing of it is trusted before its signature. */
function sayings(
  { predicateType, predicate }: Statement,
  options: VerifyOptions,
  file: string,
): readonly Finding[] {
  const value = (predicate ?? {}) as Record<string, unknown>;
  switch (predicateType) {
    case predicates.provenance: {
      const id = builderIn(predicate) ?? 'nobody';
      const isOther = options.builderId !== undefined && options.builderId !== id;
      const problem = isOther ? `${id} built it, and not ${options.builderId}` : undefined;
      return [
        { about: 'builder', said: id, problem },
        { about: 'sandbox', said: heldBy(value.buildDefinition), problem: undefined },
      ];
    }
    case predicates.verdict: {
      const { verificationResult, safeguard_verdict: verdict, policy } = value as Record<string, unknown>;
      const { digest } = (policy ?? {}) as { digest?: { sha256?: unknown } };
      const by = `by policy ${String(digest?.sha256).slice(0, 12)}`;
      const passed = verificationResult === 'PASSED';
      return [
        {
          about: 'verdict',
          said: `${String(verdict ?? verificationResult)} ${by}`,
          problem: passed
            ? undefined
            : `it was ${String(verdict ?? verificationResult)} ${by}, and not allow`,
        },
      ];
    }
    case predicates.sbom: {
      const sbom = options.sbom ?? `${file}.cdx.json`;
      if (options.sbom === undefined && !existsSync(sbom))
        return [{ about: 'SBOM', said: 'signed; there is none beside the file', problem: undefined }];
      const isSame = isDeepStrictEqual(jsonOf(sbom), predicate);
      return [
        {
          about: 'SBOM',
          said: `${basename(sbom)} is the signed one`,
          problem: isSame ? undefined : `${basename(sbom)} is not the one that was signed`,
        },
      ];
    }
    default:
      return [{ about: 'statement', said: predicateType, problem: undefined }];
  }
}

/** What held the build, in words: `bubblewrap, limits by cgroup`. */
function heldBy(definition: unknown): string {
  const { internalParameters } = (definition ?? {}) as { internalParameters?: Partial<InternalParameters> };
  const { sandbox, limits } = internalParameters ?? {};
  return `${sandbox?.kind ?? 'not said'}, limits ${limits?.kind === 'cgroup' ? 'by cgroup' : (limits?.kind ?? 'not said')}`;
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(bytesOf(file).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function keyFrom(file: string): Verifier {
  try {
    return readVerifier(bytesOf(file).toString('utf8'));
  } catch (cause) {
    if (!(cause instanceof AttestError)) throw cause;
    throw new CliError('cli/file', `${printable(file)}: ${cause.message}.`, {
      next: 'Make it from the private one: openssl pkey -in key.pem -pubout -out key.pub',
      cause,
    });
  }
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : message;
    throw new CliError('cli/file', `${printable(file)}: ${printable(reason)}.`, { cause });
  }
}
