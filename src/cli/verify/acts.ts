import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AttestError } from '../../attest/error.ts';
import { documentsIn, jsonIn } from '../../attest/json.ts';
import { loadPolicy } from '../../policy/policy.ts';
import { judgeSigned, type NamedBundle } from '../../policy/verify/judge.ts';
import type { Finding } from '../../policy/verify/sayings.ts';
import type { VerifySettings } from '../../policy/verify/settings.ts';
import { statementFile, statementKinds } from '../build/statements.ts';
import { exit } from '../shared/error.ts';
import { digestsOfFile, textOf, textOrInput } from '../shared/named-file.ts';
import { paint, print, printable } from '../shared/terminal.ts';
import { signersFrom } from './signers.ts';

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
  const digests = digestsOfFile(file);
  const settings = options.policy === undefined ? undefined : settingsFrom(options.policy);
  const read = signersFrom(options, settings?.identities ?? []);
  const required = settings?.require ?? (options.bundle === undefined ? statementKinds : []);
  const beside = required.map((kind) => join(dirname(file), statementFile(basename(file), kind, true)));
  const bundles = (options.bundle ?? beside).flatMap(bundlesIn);
  const { findings } = judgeSigned(digests, bundles, required, read, {
    builderId: options.builderId,
    settings,
    hasSbom: options.sbom !== undefined,
    sbom: (predicate) => sbomBeside(file, options.sbom, predicate),
  });
  const failed = findings.filter(({ problem }) => problem !== undefined);
  process.exitCode = failed.length === 0 ? exit.ok : exit.problem;
  if (options.format === 'json') {
    const rows = findings.map(({ about, said, problem = null }) => ({ about, said, problem }));
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
  const { settings } = loadPolicy({ file, text: textOf(file) });
  return settings.verify as VerifySettings;
}

/** The bundles of a file, which may hold several: `gh attestation download` writes one a line. `-` is standard input. */
function bundlesIn(file: string): readonly NamedBundle[] {
  const about = file === '-' ? 'standard input' : basename(file);
  if (file !== '-' && !existsSync(file)) return [{ about, text: undefined }];
  const text = textOrInput(file);
  const documents = documentsIn(text) ?? [];
  if (documents.length < 2) return [{ about, text }];
  return documents.map((one, i) => ({ about: `${about}, line ${i + 1}`, text: one.text }));
}

/** Whether the SBOM that lies beside the program, or was named, is the signed one. */
function sbomBeside(file: string, named: string | undefined, predicate: unknown): Omit<Finding, 'about'> {
  const sbom = named ?? `${file}.cdx.json`;
  if (named === undefined && !existsSync(sbom))
    return { said: 'signed; there is none beside the file', problem: undefined };
  const isSame = isDeepStrictEqual(jsonOf(sbom), predicate);
  return {
    said: `${basename(sbom)} is the signed one`,
    problem: isSame ? undefined : `${basename(sbom)} is not the one that was signed`,
  };
}

/** What a file says as JSON; `undefined` where it is none, or names something twice. */
function jsonOf(file: string): unknown {
  try {
    return jsonIn(textOf(file), 'attest/statement', 'it');
  } catch (error) {
    if (error instanceof AttestError) return undefined;
    throw error;
  }
}
