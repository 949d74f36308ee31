import type { SystemPackage } from '../../distribution/package.ts';
import type { CompiledPackage } from '../run/messages.ts';
import type { AskedLibrary } from './asked.ts';

/** A native library of one artefact: who asked for it, whether it is in there, and where it came from. */
export interface NativeLibrary {
  /** As the linker knows it: `z`, `ssl`; the file's own name where nobody asked. */
  readonly name: string;
  /** The packages whose build scripts asked; none: found in the artefact alone. */
  readonly askedBy: readonly CompiledPackage[];
  readonly state: /** Asked for and found. */
    | 'linked'
    /** Found in the artefact, where no build script asked for it. */
    | 'unasked'
    /** Asked for and not found: the linker needed nothing of it, or it is not on this machine. */
    | 'not-linked';
  readonly linkage: 'static' | 'dynamic';
  readonly origin: NativeOrigin;
}

export type NativeOrigin =
  /** Made by a build script, in its OUT_DIR. */
  | { readonly kind: 'compiled'; readonly by: CompiledPackage; readonly file: string }
  /** A file of this machine: its name, and the package that it is of, where that could be told. */
  | { readonly kind: 'system'; readonly file: string; readonly package: SystemPackage | undefined }
  /** What every Rust program links on this platform: the C library and its parts. */
  | { readonly kind: 'platform'; readonly file: string; readonly package: SystemPackage | undefined }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Looks for files of libraries as the linker does. */
export interface LibrarySearch {
  /**
   * The first of the files that there is, in a package's own folders, those of the others and the system's; with the
   * name that it is needed by where it is a shared library.
   */
  readonly find: (by: CompiledPackage | undefined, names: readonly string[]) => FoundFile | undefined;
}

export interface FoundFile {
  /** Its name. */
  readonly file: string;
  /** The package in whose OUT_DIR it lies. */
  readonly madeBy: CompiledPackage | undefined;
  readonly package: SystemPackage | undefined;
  readonly soname: string | undefined;
}

/**
 * Holds what was asked for against what an artefact needs. `linked`: whether a package is in the artefact; `needed`:
 * what its loader brings. "Static was asked for" is no evidence: an archive has to be there.
 */
export function reconcileLibraries(
  asked: readonly AskedLibrary[],
  needed: readonly string[],
  search: LibrarySearch,
): readonly NativeLibrary[] {
  const left = new Set(needed);
  const libraries = new Map<string, NativeLibrary>();
  const add = (library: NativeLibrary) => {
    const key = `${library.name} ${library.linkage} ${library.state} ${fileOf(library)}`;
    const there = libraries.get(key);
    const askedBy = [...(there?.askedBy ?? []), ...library.askedBy];
    libraries.set(key, {
      ...library,
      askedBy: askedBy.filter((one, i) => askedBy.findIndex(({ id }) => id === one.id) === i),
    });
  };
  for (const library of asked) {
    const { name, by } = library;
    const shared = library.kind === 'static' ? undefined : sharedOf(library, needed, search);
    if (shared !== undefined) {
      left.delete(shared.needed);
      add({
        name,
        askedBy: [by],
        state: 'linked',
        linkage: 'dynamic',
        origin: originOf(shared.found, shared.needed),
      });
      continue;
    }
    const archive = archiveOf(library, search);
    const linkage = library.kind === 'static' || archive !== undefined ? 'static' : 'dynamic';
    if (archive !== undefined) {
      add({ name, askedBy: [by], state: 'linked', linkage, origin: originOf(archive, archive.file) });
      continue;
    }
    const reason =
      library.kind === 'static' ? 'no archive of it was found' : 'the artefact needs nothing of it';
    add({ name, askedBy: [by], state: 'not-linked', linkage, origin: { kind: 'unknown', reason } });
  }
  for (const soname of left) {
    const origin = originOf(search.find(undefined, [soname]), soname);
    const state = origin.kind === 'platform' ? 'linked' : 'unasked';
    add({ name: soname, askedBy: [], state, linkage: 'dynamic', origin });
  }
  return [...libraries.values()];
}

function sharedOf(
  library: AskedLibrary,
  needed: readonly string[],
  search: LibrarySearch,
): { readonly needed: string; readonly found: FoundFile | undefined } | undefined {
  const names = sharedFiles(library);
  // The name in the binary is the library's own, which may be another than the one that was asked for.
  const asked = search.find(library.by, names);
  const own = needed.find(
    (name) => name === asked?.soname || names.some((file) => name === file || name.startsWith(`${file}.`)),
  );
  if (own === undefined) return undefined;
  return { needed: own, found: search.find(library.by, [own]) ?? asked };
}

/** An archive that the linker takes: where no kind was named, a shared library goes first, needed or not. */
function archiveOf(library: AskedLibrary, search: LibrarySearch): FoundFile | undefined {
  const { kind, by } = library;
  if (kind === 'dynamic' || kind === 'framework') return undefined;
  if (kind === 'default' && search.find(by, sharedFiles(library)) !== undefined) return undefined;
  return search.find(by, archivesOf(library));
}

function sharedFiles({ name, verbatim }: AskedLibrary): readonly string[] {
  return verbatim ? [name] : [`lib${name}.so`, `lib${name}.dylib`, `${name}.dll`, `lib${name}.dll.a`];
}

function archivesOf({ name, verbatim }: AskedLibrary): readonly string[] {
  return verbatim ? [name] : [`lib${name}.a`, `${name}.lib`];
}

function originOf(found: FoundFile | undefined, needed: string): NativeOrigin {
  if (found?.madeBy !== undefined) return { kind: 'compiled', by: found.madeBy, file: found.file };
  const kind = isPlatform(needed) ? 'platform' : 'system';
  if (found === undefined && kind === 'system')
    return { kind: 'unknown', reason: `${needed} is not where the linker looks` };
  return { kind, file: needed, package: found?.package };
}

function fileOf({ origin }: NativeLibrary): string {
  return origin.kind === 'unknown' ? '' : origin.file;
}

/**
 * What std itself links (rust-lang/rust: library/std, library/unwind, crate libc): the C library with its parts, and
 * the unwinder.
 */
function isPlatform(file: string): boolean {
  return /^(?:lib(?:c|m|dl|rt|pthread|util|gcc_s|System(?:\.B)?|c\.musl-\w+)\.(?:so(?:\.\d+)*|dylib)|ld-[\w.-]+\.so[.\d]*|ld-musl-[\w.-]+|(?:KERNEL32|ntdll|msvcrt|USERENV|WS2_32|bcryptprimitives|VCRUNTIME140|api-ms-win-[\w-]+)\.dll)$/i.test(
    file.split('/').at(-1) ?? '',
  );
}
