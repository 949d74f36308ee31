import type { ArchiveFile, CrateManifest } from '../cargo/crate-archive.ts';
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
  return stdProfile(
    libraryRoot(manifest),
    textOf,
    buildScript === undefined ? undefined : textOf(buildScript),
  );
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
