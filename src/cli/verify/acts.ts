import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AttestError } from '../../attest/error.ts';
import { documentsIn } from '../../attest/keyless.ts';
import { predicates } from '../../attest/statement.ts';
import { digestsOf } from '../../build/sbom/artefact.ts';
import { loadPolicy } from '../../policy/policy.ts';
import type { VerifySettings } from '../../policy/verify-settings.ts';
import { statementFile, statementKinds } from '../build/statements.ts';
import { exit } from '../shared/error.ts';
import { paint, print, printable } from '../shared/terminal.ts';
import { bytesOf } from './files.ts';
import { type Finding, sayings, type Wanted } from './sayings.ts';
import { type ReadSigned, type Signed, signersFrom } from './signers.ts';

export interface VerifyOptions {
  readonly key?: string;
  readonly trustedRoot?: string;
  readonly policy?: string;
  readonly bundle?: readonly string[];
  readonly sbom?: string;
  readonly builderId?: string;
  readonly format: 'text' | 'json';
}

/** Prints what holds of what was said of a program. Throws `CliError` where a file cannot be read. */
export async function verify(file: string, options: VerifyOptions): Promise<void> {
  const digests = digestsOf(bytesOf(file));
  const settings = options.policy === undefined ? undefined : settingsFrom(options.policy);
  const signed = signersFrom(options, settings?.identities ?? []);
  const required = settings?.require ?? (options.bundle === undefined ? statementKinds : []);
  const beside = required.map((kind) => join(dirname(file), statementFile(basename(file), kind, true)));
  const read = (options.bundle ?? beside).flatMap((bundle) =>
    bundlesIn(bundle).map((one) => findingsOf(one, digests, signed, { ...options, settings }, file)),
  );
  const findings = [
    ...read.flatMap((one) => one.findings),
    ...lacking(
      read.flatMap(({ kind }) => kind ?? []),
      required,
    ),
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

function settingsFrom(file: string): VerifySettings {
  const { settings } = loadPolicy({ file, text: bytesOf(file).toString('utf8') });
  return settings.verify as VerifySettings;
}

/** What a program that is to be trusted has: one statement of each kind, whatever their files are called. */
function lacking(
  kinds: readonly string[],
  required: readonly (typeof statementKinds)[number][],
): readonly Finding[] {
  return required
    .filter((kind) => !kinds.includes(predicates[kind]))
    .map((kind) => ({ about: kind, said: '', problem: `no ${kind} was signed for this file` }));
}

/** A bundle in a file, which may hold several: `gh attestation download` writes one a line. `text` is absent where there is no file. */
interface Bundle {
  readonly about: string;
  readonly text: string | undefined;
}

function bundlesIn(file: string): readonly Bundle[] {
  const about = basename(file);
  if (!existsSync(file)) return [{ about, text: undefined }];
  const text = bytesOf(file).toString('utf8');
  try {
    const documents = documentsIn(text);
    if (documents.length < 2) return [{ about, text }];
    return documents.map((one, i) => ({ about: `${about}, line ${i + 1}`, text: JSON.stringify(one) }));
  } catch (error) {
    if (error instanceof AttestError) return [{ about, text }];
    throw error;
  }
}

interface ReadBundle {
  /** Of what is signed; absent where nothing of it counts. */
  readonly kind?: string;
  readonly findings: readonly Finding[];
}

function findingsOf(
  { about, text }: Bundle,
  digests: ReturnType<typeof digestsOf>,
  read: ReadSigned,
  wanted: Wanted,
  file: string,
): ReadBundle {
  const refused = (problem: string): ReadBundle => ({ findings: [{ about, said: '', problem }] });
  if (text === undefined) return refused('it is not there');
  let signed: Signed;
  try {
    signed = read(text);
  } catch (error) {
    if (!(error instanceof AttestError)) throw error;
    return refused(error.message);
  }
  const { statement, by } = signed;
  // Every digest that it gives has to be these bytes', and one that is good enough must be among them.
  const known: Readonly<Record<string, string>> = digests;
  const isSubject = statement.subject.some(
    ({ digest }) =>
      digest.sha256 === digests.sha256 &&
      Object.entries(digest).every(([name, value]) => known[name] === undefined || known[name] === value),
  );
  if (!isSubject) return refused('it is about other bytes than this file has');
  return {
    kind: statement.predicateType,
    findings: [
      { about, said: `${by}, about these bytes`, problem: undefined },
      ...sayings(statement, wanted, file),
    ],
  };
}
