import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readBundle } from '../../attest/bundle.ts';
import { AttestError } from '../../attest/error.ts';
import { documentsIn } from '../../attest/keyless.ts';
import { readStatement } from '../../attest/statement.ts';
import type { ByteSource } from '../../binary/bytes.ts';
import { isDebugFile } from '../../binary/debug-file.ts';
import { embeddedCrates } from '../../binary/dep-v0.ts';
import { readExecutable } from '../../binary/executable.ts';
import type { Image } from '../../binary/image.ts';
import { recoveredCrates } from '../../binary/recovered.ts';
import { strippableDigest } from '../../binary/segments.ts';
import { BomError } from '../../bom/error.ts';
import { mayBeBom, readBom } from '../../bom/read/read.ts';
import { asListed } from '../../inventory/as-listed.ts';
import { InventoryError } from '../../inventory/error.ts';
import { contentsByList, contentsByTraces, linkedCrates } from '../../inventory/from-binary.ts';
import {
  type ProvenanceClaim,
  readProvenance,
  readVerdictClaim,
  type VerdictClaim,
} from '../../inventory/provenance.ts';
import type { ArtefactStatement, StatedFile } from '../../inventory/statement.ts';
import { weightier } from '../../inventory/verdict.ts';
import type { SentArtefact } from '../../server/artefact-contract.ts';
import { withBinary } from '../shared/binary-file.ts';
import { CliError } from '../shared/error.ts';
import { printable } from '../shared/terminal.ts';
import { functionsOfProgram } from './program-functions.ts';
import {
  type Begin,
  largeDocument,
  largeForm,
  type ReadStatement,
  wholeDocument,
  wholeStatement,
} from './read-document.ts';

/** What is said of an artefact that no file says. */
export interface Told {
  readonly target?: string;
  readonly project?: string;
  readonly commit?: string;
}

/** What is to be sent of an artefact; its components may have been. */
export type ReadArtefact = SentArtefact & Pick<ReadStatement, 'parts'>;

/** One file of those that were named: what it says. */
type Found =
  | { readonly kind: 'binary'; readonly path: string; readonly statement: ArtefactStatement }
  | { readonly kind: 'document'; readonly path: string; readonly statement: ReadStatement }
  | {
      readonly kind: 'statement';
      readonly path: string;
      readonly claim: ProvenanceClaim | VerdictClaim;
    }
  | { readonly kind: 'bundles'; readonly path: string; readonly bundles: readonly Bundle[] };

/** A Sigstore bundle, and what it says that it is about. */
interface Bundle {
  /** Of its file. */
  readonly name: string;
  readonly text: string;
  readonly digests: readonly string[];
  readonly claim: ProvenanceClaim | VerdictClaim | undefined;
}

/** Files of a folder that are looked at. */
const maxFiles = 10_000;

/**
 * Reads what a path says of artefacts: a binary, a document about one, or a folder with both, as a build leaves it. A document
 * and a binary are one artefact where the document names its digest, or where they are alone in their folder; each gives a
 * statement. What is too large for one request is sent in parts, which `begin` begins. Throws `CliError` for what is neither, and for a document that is about other bytes than those beside it.
 */
export async function readArtefacts(
  path: string,
  told: Told,
  begin: Begin,
): Promise<readonly ReadArtefact[]> {
  const folders = isFolder(path) ? await foundIn(path, begin) : [await foundAlone(path, begin)];
  const statements = folders.flatMap(joined).map((statement) => ({ ...statement, ...given(told) }));
  if (statements.length > 0) return statements;
  throw new CliError('cli/file', `${printable(path)} holds neither an executable nor an SBOM`, {
    next: 'Name a binary, a CycloneDX or SPDX document, or the folder that a build left them in.',
  });
}

async function foundAlone(path: string, begin: Begin): Promise<readonly Found[]> {
  const found = await look(path, begin);
  if (found !== undefined) return [found];
  if (isExecutable(headOf(path)))
    throw new CliError('cli/file', `${printable(path)} has debug information alone, and nothing that runs`, {
      next: 'Name the program that it is of: what lies beside that is read with it.',
    });
  throw new CliError('cli/file', `${printable(path)} is neither an executable nor an SBOM`, {
    next: 'ELF, PE, Mach-O and WebAssembly are read, CycloneDX in JSON and XML, SPDX in JSON and in tags with values.',
  });
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
    const one = await look(join(folder, name), begin);
    if (one !== undefined) found.push(one);
  }
  return found;
}

/** What a file says; `undefined` for what is of no kind that is read here. */
async function look(path: string, begin: Begin): Promise<Found | undefined> {
  const head = headOf(path);
  const beginning = head.toString('utf8');
  if (mayBeBom(beginning)) return await documentAt(path, beginning, begin);
  if (!isExecutable(head)) return undefined;
  const statement = await binaryAt(path);
  return statement === undefined ? undefined : { kind: 'binary', path, statement };
}

async function documentAt(path: string, head: string, begin: Begin): Promise<Found | undefined> {
  const form = largeForm(path, head);
  const text = form === undefined ? wholeDocument(path) : '';
  try {
    if (form !== undefined)
      return { kind: 'document', path, statement: await largeDocument(path, form, begin) };
    const attested = /^\uFEFF?\s*[{[]/.test(text) ? attestedIn(text, path) : undefined;
    if (attested !== undefined) return attested;
    return { kind: 'document', path, statement: await wholeStatement(readBom(text), path, begin) };
  } catch (error) {
    // JSON of another kind lies in many folders; `gh attestation download` writes a bundle a line.
    if (error instanceof SyntaxError) return bundlesByLine(text, path);
    if (error instanceof BomError && error.code === 'bom/format') return undefined;
    if (error instanceof BomError) throw new CliError('cli/file', `${printable(path)}: ${error.message}`);
    // The server would refuse it, and take no text of that size to say so.
    if (error instanceof InventoryError)
      throw new CliError('cli/file', `${printable(path)}: ${error.message}`, {
        next: error.next ?? 'Add documents of one artefact and one target each.',
      });
    throw error;
  }
}

/** What JSON says of where something is from; `undefined` where it is no statement of that kind. */
function attestedIn(text: string, path: string): Found | undefined {
  const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
  const bundle = bundleIn(text, value, basename(path));
  if (bundle !== undefined) return { kind: 'bundles', path, bundles: [bundle] };
  const claim = claimIn(value);
  return claim === undefined ? undefined : { kind: 'statement', path, claim };
}

function bundlesByLine(text: string, path: string): Found | undefined {
  try {
    const bundles = documentsIn(text).flatMap(
      (one) => bundleIn(JSON.stringify(one), one, basename(path)) ?? [],
    );
    return bundles.length === 0 ? undefined : { kind: 'bundles', path, bundles };
  } catch (error) {
    if (error instanceof AttestError) return undefined;
    throw error;
  }
}

/** A Sigstore bundle, with the bytes that it says it is about, by SHA-256; `undefined` for other JSON. Whether it may be believed is for the server to say. */
function bundleIn(text: string, value: unknown, name: string): Bundle | undefined {
  try {
    const { subject } = readStatement(readBundle(text).payload);
    const digests = subject.flatMap(({ digest }) => digest.sha256 ?? []);
    return { name, text, digests, claim: claimIn(value) };
  } catch (error) {
    if (error instanceof AttestError) return undefined;
    throw error;
  }
}

function claimIn(value: unknown): ProvenanceClaim | VerdictClaim | undefined {
  return readProvenance(value) ?? readVerdictClaim(value);
}

/** `undefined`: it has debug information of a program, and nothing that runs. */
async function binaryAt(path: string): Promise<ArtefactStatement | undefined> {
  const read = withBinary(path, (source) => {
    const images = readExecutable(source);
    if (images.every(isDebugFile)) return undefined;
    const lists = images.map((image) => embeddedCrates(source, image));
    const crates = lists.find((list) => list !== undefined);
    const [first] = images;
    const file: Omit<StatedFile, 'sha256'> = {
      size: source.size,
      ...(first?.buildId === undefined ? {} : { buildId: first.buildId }),
      ...(first === undefined ? {} : { format: first.format }),
      ...segmentsOf(source, first),
    };
    const contents =
      crates === undefined ? contentsByTraces(recoveredCrates(source)) : contentsByList(crates);
    return { file, contents };
  });
  if (read === undefined) return undefined;
  const sha256 = createHash('sha256');
  await pipeline(createReadStream(path), sha256);
  const { file, contents } = read;
  return { name: basename(path), file: { sha256: sha256.digest('hex'), ...file }, ...contents };
}

/** What tells a stripped copy of a binary from one that was tampered with; nothing where stripping itself changes what is loaded. */
function segmentsOf(source: ByteSource, image: Image | undefined): Pick<StatedFile, 'segments'> {
  if (image?.format !== 'elf' || image.buildId === undefined) return {};
  const segments = strippableDigest(source);
  return segments === undefined ? {} : { segments };
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
  const paths = new Map(binaries.map(({ statement, path }) => [statement.file?.sha256, path]));
  const known = new Set([...digests, ...paths.keys()]);
  return [...tied, ...bare]
    .map((statement) => withFunctions(statement, paths.get(statement.file?.sha256)))
    .map((statement) => withBundles(claimed(statement, claims), bundles, known));
}

/** A statement with the functions that its file has code of, where the file is there and its debug information has all of them. */
function withFunctions(statement: ArtefactStatement, path: string | undefined): ArtefactStatement {
  const { file } = statement;
  const crates = linkedCrates(statement);
  if (file?.format !== 'elf' || path === undefined || crates === undefined) return statement;
  const known = functionsOfProgram(path, crates);
  return known.kind === 'known'
    ? { ...statement, file: { ...file, functions: known.filter.text } }
    : statement;
}

/**
 * A statement with the bundles about its file. One that is called as the file is and is about nothing here goes along: that it is about other bytes is for the server to
 * say, and to keep.
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

function headOf(path: string): Buffer {
  return withBinary(path, (source) => Buffer.from(source.read(0, Math.min(4096, source.size))));
}

function isExecutable(head: Buffer): boolean {
  const magic = head.subarray(0, 4).toString('hex');
  const known = [
    '7f454c46',
    '0061736d',
    'feedface',
    'feedfacf',
    'cefaedfe',
    'cffaedfe',
    'cafebabe',
    'cafebabf',
  ];
  return known.includes(magic) || magic.startsWith('4d5a');
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // The reading of the file says what is wrong.
    return false;
  }
}
