import type { CargoMessage, CompiledPackage } from '../run/messages.ts';

/** A library that a build script asked to be linked (`cargo::rustc-link-lib`). */
export interface AskedLibrary {
  readonly by: CompiledPackage;
  /** `default`: no kind was named, so that the linker takes what it finds, shared libraries first. */
  readonly kind: 'static' | 'dynamic' | 'framework' | 'default';
  /** As the linker knows it: `z`; with `verbatim` the file's whole name. */
  readonly name: string;
  readonly verbatim: boolean;
}

/** What the build scripts of a build asked for, and where it may lie. */
export interface Asked {
  readonly libraries: readonly AskedLibrary[];
  /** Folders that a package's script named, by the package's id, each once. */
  readonly folders: ReadonlyMap<string, readonly string[]>;
  /**
   * Each package's OUT_DIRs, by its id: what lies in them was made by its script, which runs once for each way in which
   * the package is built.
   */
  readonly outDirs: ReadonlyMap<string, readonly string[]>;
}

export function askedIn(messages: readonly CargoMessage[]): Asked {
  const libraries = new Map<string, AskedLibrary>();
  const folders = new Map<string, string[]>();
  const outDirs = new Map<string, readonly string[]>();
  for (const message of messages) {
    if (message.kind !== 'script') continue;
    const { package: by, paths, outDir } = message;
    const own = folders.get(by.id) ?? [];
    for (const path of paths) own.push(folderOf(path));
    folders.set(by.id, [...new Set(own)]);
    outDirs.set(by.id, [...(outDirs.get(by.id) ?? []), outDir]);
    for (const text of message.libraries) {
      const library = { by, ...linkName(text) };
      libraries.set(`${by.id} ${library.kind} ${library.name}`, library);
    }
  }
  return { libraries: [...libraries.values()], folders, outDirs };
}

/** `KIND[:MODIFIERS]=NAME[:RENAME]` (rustc book, "-l: link the generated crate to a native library"). */
export function linkName(text: string): Omit<AskedLibrary, 'by'> {
  const equals = text.indexOf('=');
  const [kindText = '', ...modifiers] = (equals === -1 ? '' : text.slice(0, equals)).split(/[:,]/);
  const [name = '', renamed] = text.slice(equals + 1).split(':');
  const kind =
    kindText === 'static' || kindText === 'static-nobundle'
      ? 'static'
      : kindText === 'dylib'
        ? 'dynamic'
        : kindText === 'framework'
          ? 'framework'
          : 'default';
  return { kind, name: renamed ?? name, verbatim: modifiers.includes('+verbatim') };
}

/** `native=/usr/lib`: the kinds of search paths of rustc's `-L`. */
function folderOf(path: string): string {
  return path.replace(/^(?:dependency|crate|native|framework|all)=/, '');
}
