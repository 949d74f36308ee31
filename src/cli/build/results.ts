import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import { addSection } from '../../binary/add-section.ts';
import { bytesSource } from '../../binary/bytes.ts';
import { depV0Bytes, depV0Section } from '../../binary/dep-v0.ts';
import { BinaryError } from '../../binary/error.ts';
import { imageIn } from '../../binary/executable.ts';
import { buildIdNote, packageNote, packageNoteText } from '../../binary/note.ts';
import { strippableDigest } from '../../binary/segments.ts';
import { cyclonedxJson } from '../../bom/cyclonedx/json.ts';
import type { Bom } from '../../bom/document.ts';
import { BuildError } from '../../build/error.ts';
import { inspectNative } from '../../build/native/inspect.ts';
import { systemPackages } from '../../build/native/search.ts';
import { type DeliveredArtefact, deliveredIn } from '../../build/run/artefacts.ts';
import type { CargoMessage } from '../../build/run/messages.ts';
import type { Room } from '../../build/run/room.ts';
import { type Artefact, artefactBom, digestsOf } from '../../build/sbom/artefact.ts';
import { embeddedList } from '../../build/sbom/embedded.ts';
import { builtFunctions } from '../../build/sbom/functions.ts';
import { withNativeLibraries } from '../../build/sbom/native.ts';
import { reachedFrom } from '../../build/sbom/reached.ts';
import type { Resolution } from '../../cargo/resolve/resolve.ts';
import type { Created } from '../sbom/created.ts';
import type { OpenBuild } from '../shared/open-build.ts';
import { sourceFolders } from './room.ts';
import { byproduct, type Said, statementsAbout, unfinished } from './statements.ts';

/** A file that was made, with its documents, by paths below the current folder. */
export interface BuiltFile {
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
  readonly sbom: string;
  /** Native libraries that it links: how they are known, and their versions where those were told. */
  readonly native: readonly { readonly name: string; readonly version: string }[];
  /** Whether it is known which functions it has code of, or else why not: one clause. */
  readonly functions: { readonly known: boolean; readonly reason?: string };
  /** What is said of it: provenance, verdict and SBOM, as signed bundles or as they stand. */
  readonly statements: readonly string[];
}

/** The file of a build that has what went through its proxy. */
export const egressLog = 'egress.json';

/** What a build made, as it is put into its folder. */
export interface ResultsInput {
  readonly opened: OpenBuild;
  readonly messages: readonly CargoMessage[];
  readonly room: Room;
  readonly work: string;
  readonly output: string;
  readonly created: Created;
  readonly creator: string | undefined;
  readonly said: Said;
  /** Files below `work` that are results as well, and what is said of each in the provenance. */
  readonly besides: ReadonlyMap<string, Readonly<Record<string, boolean>>>;
}

/**
 * Puts programs and libraries with their SBOMs into the folder of the target. All of it is there at once: a build that
 * was cut off leaves the results of the one before it, or nothing that verifies: the statements get their names last.
 * Throws `BuildError('build/no-artefact')`.
 */
export async function writeResults(
  input: ResultsInput,
): Promise<{ readonly folder: string; readonly files: readonly BuiltFile[] }> {
  const { opened, room, work, output, created, creator, said, besides } = input;
  const { project, build, resolution } = opened;
  const made = deliveredIn(input.messages);
  refuseTwice(made);
  if (made.length === 0)
    throw new BuildError(
      'build/no-artefact',
      'the build made no program and no library for others than Rust',
      {
        next: 'Build a package that has a program, a cdylib or a staticlib.',
      },
    );
  const tool = { name: 'safeguard', version: packageJson.version };
  const ready = join(work, 'results');
  mkdirSync(ready);
  const folder = join(output, build.target);
  // What cargo said is complete by now.
  copyFileSync(join(work, 'build.log'), join(ready, 'build.log'));
  for (const file of besides.keys()) copyFileSync(join(work, file), join(ready, file));
  const left = [['build.log', {}] as const, ...besides].map(([file, annotations]) =>
    byproduct(file, readFileSync(join(ready, file)), annotations),
  );
  const native = inspectNative({
    messages: input.messages,
    resolution,
    target: build.target,
    outside: room.outside,
    folderOf: sourceFolders(project, room),
    system: systemPackages(),
  });
  const statements = new Map<string, string>();
  const files = made.map(({ path, kind, package: pkg }): BuiltFile => {
    const name = basename(path);
    const { bytes: compiled, mode } = room.made(path);
    const own = reachedFrom(resolution, pkg);
    const bytes = withNotes(withCrates(compiled, own), pkg);
    const image = imageIn(bytesSource(bytes));
    writeFileSync(join(ready, name), bytes, { mode });
    const functions = builtFunctions({
      path,
      bytes,
      own,
      messages: input.messages,
      made: (file) => madeBeside(room, file),
    });
    const artefact: Artefact = {
      name,
      kind,
      package: pkg,
      ...digestsOf(bytes),
      buildId: image?.buildId,
      segments: strippableDigest(bytesSource(bytes)),
      functions: functions.kind === 'known' ? functions.filter.text : undefined,
    };
    const crates = artefactBom({ project, resolution, build, created, creator, tool }, artefact);
    const libraries = native.librariesOf(own, image?.needed ?? []);
    const bom = withNativeLibraries(crates, { ...native, libraries });
    const sbom = { file: `${name}.cdx.json`, text: cyclonedxJson(bom, '1.7') };
    writeFileSync(join(ready, sbom.file), sbom.text);
    const about = statementsAbout(artefact, sbom, left, said);
    for (const [file, statement] of about) statements.set(file, statement);
    const at = (file: string) => relative(process.cwd(), join(folder, file));
    return {
      name,
      file: at(name),
      sha256: artefact.sha256,
      sbom: at(sbom.file),
      native: nativeIn(bom),
      functions: functions.kind === 'known' ? { known: true } : { known: false, reason: functions.reason },
      statements: [...about.keys()].map(at),
    };
  });
  const texts = await said.signing.sign([...statements.values()]);
  for (const [i, file] of [...statements.keys()].entries())
    writeFileSync(join(ready, `${file}${unfinished}`), texts[i] ?? '');
  rmSync(folder, { recursive: true, force: true });
  renameSync(ready, folder);
  for (const file of statements.keys()) renameSync(join(folder, `${file}${unfinished}`), join(folder, file));
  return { folder: relative(process.cwd(), folder), files };
}

/** A file of debug information that the compiler left; what is no such file says nothing, and is not delivered. */
function madeBeside(room: Room, path: string): Uint8Array | undefined {
  try {
    return existsSync(room.outside(path)) ? room.made(path).bytes : undefined;
  } catch (error) {
    if (error instanceof BuildError) return undefined;
    throw error;
  }
}

/** The artefact with the list of its crates inside, where its format can take one more section. */
function withCrates(bytes: Uint8Array, resolution: Resolution): Uint8Array {
  try {
    return addSection(bytes, depV0Section, depV0Bytes(embeddedList(resolution)));
  } catch (error) {
    if (error instanceof BinaryError) return bytes;
    throw error;
  }
}

/**
 * An ELF file with an id and the name of its package, where its linker wrote none: notes that lie in the file, and in
 * no memory. An id is that of what was linked, so that two files share none.
 */
function withNotes(bytes: Uint8Array, { name, version }: DeliveredArtefact['package']): Uint8Array {
  const image = imageIn(bytesSource(bytes));
  if (image?.format !== 'elf') return bytes;
  const { machine: architecture, buildId, notes } = image;
  // The fifth byte says which end of a number comes first (System V ABI, EI_DATA).
  const little = bytes[5] === 1;
  const own = { type: 'cargo', name, version };
  const isSaid = notes.some(({ kind, json }) => kind === 'package' && isAbout(json, own));
  const missing = [
    ...(buildId === undefined ? [buildIdNote(createHash('sha1').update(bytes).digest('hex'), little)] : []),
    ...(isSaid ? [] : [packageNote(packageNoteText({ ...own, architecture }), little)]),
  ];
  try {
    return missing.reduce(
      (whole, { section, bytes: note }) => addSection(whole, section, note, 'notes'),
      bytes,
    );
  } catch (error) {
    if (error instanceof BinaryError) return bytes;
    throw error;
  }
}

function isAbout(json: string, own: Readonly<Record<string, string>>): boolean {
  try {
    const said = JSON.parse(json) as Readonly<Record<string, unknown>> | null;
    return Object.entries(own).every(([key, value]) => said?.[key] === value);
  } catch {
    return false;
  }
}

/** Those that are the platform's own are no news. */
function nativeIn({ components }: Bom): BuiltFile['native'] {
  return components.flatMap(({ name, version, properties }) => {
    const has = (wanted: string, value?: string) =>
      properties.some((one) => one.name === wanted && (value === undefined || one.value === value));
    if (!has('safeguard:native-file') || has('safeguard:native-source', 'the platform')) return [];
    return [{ name, version }];
  });
}

/** A macro can write to cargo's output as well: what is said twice, cargo did not say. */
function refuseTwice(made: readonly DeliveredArtefact[]): void {
  const names = made.map(({ path }) => basename(path));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new BuildError('build/altered', `the build is said to have made ${twice} twice`, {
    next: 'Something that ran in it says so in cargo’s name: look at what it did with `safeguard observe -- cargo build`.',
  });
}
