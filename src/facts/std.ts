import { type ArchiveFile, archiveTexts, type CrateManifest } from '../cargo/crate-archive.ts';
import { cfgNames } from '../rust/build-cfgs.ts';
import { macroProfile, type StdProfile, stdProfile } from '../rust/no-std.ts';
import { buildCode } from './archive-contents/build-code.ts';
import { type Fact, known } from './fact.ts';

/** What the library of a release needs of the standard library, whatever features are on. */
export type StdFact = StdProfile;

/** Reads it from the files of an archive. */
export function readStd(files: readonly ArchiveFile[], manifest: CrateManifest | undefined): StdFact {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const textOf = archiveTexts({ files });
  const { buildScript, procMacro } = buildCode(files, manifest);
  const root = libraryRoot(manifest);
  let isElsewhere: boolean | undefined;
  const others = () => {
    isElsewhere ??= files.some(
      ({ path, bytes }) => path !== root && path.endsWith('.rs') && says(bytes, 'extern', bringing),
    );
    return isElsewhere;
  };
  // Where no other file brings in a crate, the root says it all; else those say nothing that neither do nor lead to one.
  const relevant = (path: string) => {
    if (path === root) return textOf(path);
    const bytes = byPath.get(path)?.bytes;
    if (bytes === undefined || !others()) return undefined;
    const matters =
      says(bytes, 'extern', bringing) || says(bytes, 'mod', leading) || says(bytes, 'include', leading);
    return matters ? textOf(path) : '';
  };
  if (procMacro) return macroProfile(root, relevant);
  return stdProfile(root, relevant, () => (buildScript === undefined ? [] : cfgNames(buildScript, textOf)));
}

/** Whether a file has something; most have not even its word, which is found without a text being made of it. */
function says(bytes: Uint8Array, word: string, pattern: RegExp): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.includes(word) && pattern.test(buffer.toString('latin1'));
}

/** `extern crate`, perhaps with a comment in between. */
const bringing = /\bextern(?:\s+crate\b|\s*\/[/*])/;
/** `mod name;` or `include!`, perhaps with a comment in between. */
const leading = /\bmod(?:\s+[\w#]+\s*;|\s*[\w#\s]*\/[/*])|\binclude\s*(?:!|\/[/*])/;

/** The std fact of one release. */
export function stdFact(fact: StdFact, source: string, at: number): Fact<StdFact> {
  return known(fact, source, at);
}

/** `path` of `[lib]`, else cargo's default. */
function libraryRoot(manifest: CrateManifest | undefined): string {
  const { lib } = manifest?.toml ?? {};
  const path =
    typeof lib === 'object' && lib !== null ? (lib as { readonly path?: unknown }).path : undefined;
  return typeof path === 'string' ? path.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '') : 'src/lib.rs';
}
