import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { asListed } from '../../inventory/as-listed.ts';
import { linkedCrates } from '../../inventory/from-binary.ts';
import type { ProvenanceClaim, VerdictClaim } from '../../inventory/provenance.ts';
import type { ArtefactStatement, StatedFile } from '../../inventory/statement.ts';
import { weightier } from '../../inventory/verdict.ts';
import type { SentArtefact } from '../../server/artefact-contract.ts';
import { CliError } from '../shared/error.ts';
import { printable } from '../shared/terminal.ts';
import { type Bundle, type Found, headOf, isExecutable, look, type Place } from './look.ts';
import { plainHead, withInput } from './plain-copy.ts';
import { functionsOfProgram } from './program-functions.ts';
import type { Begin, ReadStatement } from './read-document.ts';

/** What is said of an artefact that no file says. */
export interface Told {
  readonly target?: string;
  readonly project?: string;
  readonly commit?: string;
}

/** What is to be sent of an artefact; its components may have been. */
export type ReadArtefact = SentArtefact & Pick<ReadStatement, 'parts'>;

/** Files of a folder that are looked at. */
const maxFiles = 10_000;

/**
 * Reads what a path says of artefacts: a binary, a document about one, or a folder with both, as a build leaves it. A
 * document and a binary are one artefact where the document names its digest, or where they are alone in their folder;
 * each gives a statement; `-` is what comes by the standard input. What is too large for one request is sent in parts,
 * which `begin` begins. Throws `CliError` for what is neither, and for a document that is about other bytes than those
 * beside it.
 */
export async function readArtefacts(
  path: string,
  told: Told,
  begin: Begin,
): Promise<readonly ReadArtefact[]> {
  if (path === '-')
    return await withInput(process.stdin, async (copy) => {
      const found = await foundAlone({ path: copy, said: 'stdin' }, begin);
      return joined(found).map((statement) => ({ ...statement, ...given(told) }));
    });
  const folders = isFolder(path)
    ? await foundIn(path, begin)
    : [await foundAlone({ path, said: path }, begin)];
  const statements = folders.flatMap(joined).map((statement) => ({ ...statement, ...given(told) }));
  if (statements.length > 0) return statements;
  throw new CliError('cli/file', `${printable(path)} holds neither an executable nor an SBOM`, {
    next: 'Name a binary, a CycloneDX or SPDX document, or the folder that a build left them in.',
  });
}

async function foundAlone(place: Place, begin: Begin): Promise<readonly Found[]> {
  const found = await look(place, begin);
  if (found !== undefined) return [found];
  if (isExecutable(headOf(place.path)))
    throw new CliError(
      'cli/file',
      `${printable(place.said)} has debug information alone, and nothing that runs`,
      {
        next: 'Name the program that it is of: what lies beside that is read with it.',
      },
    );
  const other = otherForm(plainHead(headOf(place.path)));
  if (other !== undefined)
    throw new CliError('cli/file', `${printable(place.said)} is ${other}, which is not read`, {
      next: 'Have it written as CycloneDX (JSON, XML) or as SPDX (JSON, tags with values).',
    });
  throw new CliError('cli/file', `${printable(place.said)} is neither an executable nor an SBOM`, {
    next: 'ELF, PE, Mach-O and WebAssembly are read, CycloneDX in JSON and XML, SPDX in JSON and in tags with values; documents also in gzip.',
  });
}

/** What a file is, by its beginning, that says of components and is in a form that is not read. */
function otherForm(beginning: string): string | undefined {
  if (/<rdf:RDF[\s\S]*spdx\.org\/rdf/.test(beginning)) return 'SPDX in RDF';
  if (/^spdxVersion:/m.test(beginning)) return 'SPDX in YAML';
  if (/^bomFormat:/m.test(beginning)) return 'CycloneDX in YAML';
  if (/^\s*\{\s*"artifacts"\s*:\s*\[/.test(beginning)) return 'syft’s own JSON';
  return undefined;
}

/** What a folder holds; where it holds nothing itself, what each of its own folders does: one for each target. */
async function foundIn(folder: string, begin: Begin): Promise<readonly (readonly Found[])[]> {
  const own = await filesOf(folder, begin);
  if (own.length > 0) return [own];
  const below = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .toSorted();
  const found: (readonly Found[])[] = [];
  for (const one of below) found.push(await filesOf(one, begin));
  return found;
}

async function filesOf(folder: string, begin: Begin): Promise<readonly Found[]> {
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  if (entries.length > maxFiles)
    throw new CliError('cli/file', `${printable(folder)} has more than ${maxFiles} files`, {
      next: 'Name the folder that the build left its binary in.',
    });
  const found: Found[] = [];
  for (const { name } of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, name);
    const one = await look({ path, said: path }, begin);
    if (one !== undefined) found.push(one);
  }
  return found;
}

/** Puts together what is about the same bytes. */
function joined(found: readonly Found[]): readonly ReadArtefact[] {
  const binaries = found.filter(({ kind }) => kind === 'binary') as Extract<Found, { kind: 'binary' }>[];
  const documents = found.filter(({ kind }) => kind === 'document') as Extract<Found, { kind: 'document' }>[];
  const bundles = found.flatMap((one) => (one.kind === 'bundles' ? one.bundles : []));
  const claims = [...found, ...bundles].flatMap((one) =>
    'claim' in one && one.claim !== undefined ? [one.claim] : [],
  );
  const [only] = binaries;
  const tied = documents.map(({ path, statement }): ReadStatement => {
    if (binaries.length === 0) return statement;
    const own =
      statement.file === undefined
        ? binaries.length === 1
          ? only
          : undefined
        : binaries.find((binary) => binary.statement.file?.sha256 === statement.file?.sha256);
    if (own !== undefined) {
      // Of what it has code of the build knew more than its file shows.
      const functions = statement.file?.functions;
      const file = { ...own.statement.file, ...(functions === undefined ? {} : { functions }) };
      const of = { name: own.statement.name, version: undefined, file: file as StatedFile };
      // What was sent already stands as it is.
      const isListed = own.statement.knownBy === 'list' && statement.parts === undefined;
      return { ...(isListed ? asListed(statement, own.statement) : statement), ...of };
    }
    if (statement.file === undefined) return statement;
    throw new CliError(
      'cli/refused',
      `${printable(path)} is about other bytes than the binaries beside it: SHA-256 ${statement.file.sha256}`,
      { next: 'Was a binary replaced or stripped after its document was written? Add them by themselves.' },
    );
  });
  const digests = new Set(tied.map(({ file }) => file?.sha256));
  // What a document lists is not recovered from traces beside it.
  const bare = binaries
    .map(({ statement }) => statement)
    .filter(({ knownBy, file }) => knownBy === 'list' || !digests.has(file?.sha256));
  const programs = new Map(binaries.map((binary) => [binary.statement.file?.sha256, binary]));
  const known = new Set([...digests, ...programs.keys()]);
  return [...tied, ...bare]
    .map((statement) => withFunctions(statement, programs.get(statement.file?.sha256)))
    .map((statement) => withBundles(claimed(statement, claims), bundles, known));
}

/** A statement with the functions that its file has code of, where the file is there and its debug information has all of them. */
function withFunctions(
  statement: ArtefactStatement,
  program: Pick<Extract<Found, { kind: 'binary' }>, 'path' | 'stamp'> | undefined,
): ArtefactStatement {
  const { file } = statement;
  const crates = linkedCrates(statement);
  if (file?.format !== 'elf' || program === undefined || crates === undefined) return statement;
  const known = functionsOfProgram(program, crates);
  return known.kind === 'known'
    ? { ...statement, file: { ...file, functions: known.filter.text } }
    : statement;
}

/**
 * A statement with the bundles about its file. One that is called as the file is and is about nothing here goes along:
 * that it is about other bytes is for the server to say, and to keep.
 */
function withBundles(
  statement: ReadStatement,
  bundles: readonly Bundle[],
  known: ReadonlySet<string | undefined>,
): ReadArtefact {
  const own = bundles.filter(
    ({ name, digests }) =>
      digests.includes(statement.file?.sha256 ?? '') ||
      (statement.file !== undefined &&
        name.startsWith(`${statement.name}.`) &&
        !digests.some((digest) => known.has(digest))),
  );
  return own.length === 0 ? statement : { ...statement, bundles: own.map(({ text }) => text) };
}

function claimed(
  statement: ReadStatement,
  claims: readonly (ProvenanceClaim | VerdictClaim)[],
): ReadStatement {
  const own = claims.filter(({ digests }) => digests.includes(statement.file?.sha256 ?? ''));
  const verdict = own.reduce<ArtefactStatement['verdict']>(
    (so, one) => ('verdict' in one ? weightier(so, one.verdict) : so),
    undefined,
  );
  const said = { ...statement, ...(verdict === undefined ? {} : { verdict }) };
  const claim = own.find((one) => !('verdict' in one));
  if (claim === undefined || 'verdict' in claim) return said;
  const { project, commit, built, builder, lockfile } = claim;
  return {
    ...said,
    project: statement.project ?? project,
    commit: statement.commit ?? commit,
    built: built ?? statement.built,
    ...(builder === undefined ? {} : { builder }),
    ...(lockfile === undefined ? {} : { lockfile }),
  };
}

function given({ target, project, commit }: Told): Told {
  return {
    ...(target === undefined ? {} : { target }),
    ...(project === undefined ? {} : { project }),
    ...(commit === undefined ? {} : { commit }),
  };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // The reading of the file says what is wrong.
    return false;
  }
}
