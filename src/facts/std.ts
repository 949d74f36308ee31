import type { ArchiveFile, CrateManifest } from '../cargo/crate-archive.ts';
import { cfgNames } from '../rust/build-cfgs.ts';
import { type StdProfile, stdProfile } from '../rust/no-std.ts';
import { buildCode } from './archive-contents/build-code.ts';
import { type Fact, known } from './fact.ts';

/** What the library of a release needs of the standard library, whatever features are on. */
export type StdFact = StdProfile;

/** Reads it from the files of an archive. */
export function readStd(files: readonly ArchiveFile[], manifest: CrateManifest | undefined): StdFact {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const textOf = (path: string) => {
    const file = byPath.get(path);
    return file === undefined ? undefined : utf8.decode(file.bytes);
  };
  const { buildScript } = buildCode(files, manifest);
  const root = libraryRoot(manifest);
  let isElsewhere: boolean | undefined;
  const others = () =>
    (isElsewhere ??= files.some(
      ({ path, bytes }) => path !== root && path.endsWith('.rs') && mayBring(bytes),
    ));
  return stdProfile(
    root,
    // Where no other file brings in a crate, the root says it all: most libraries are read by that one file.
    (path) => (path === root || others() ? textOf(path) : undefined),
    () => (buildScript === undefined ? [] : cfgNames(buildScript, textOf)),
  );
}

/** Whether a file may have an `extern crate`: it has `extern`, and not as it stands before an ABI, a block or a function. */
function mayBring(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!text.includes('extern')) return false;
  return /\bextern\b(?!\s*(?:"|r[#"]|fn\b|\{))/.test(text.toString('latin1'));
}

/** The std fact of one release. */
export function stdFact(fact: StdFact, source: string, at: number): Fact<StdFact> {
  return known(fact, source, at);
}

const utf8 = new TextDecoder();

/** `path` of `[lib]`, else cargo's default. */
function libraryRoot(manifest: CrateManifest | undefined): string {
  const { lib } = manifest?.toml ?? {};
  const path =
    typeof lib === 'object' && lib !== null ? (lib as { readonly path?: unknown }).path : undefined;
  return typeof path === 'string' ? path.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '') : 'src/lib.rs';
}
