import type { Capability } from '../capability/capability.ts';
import { outsideClaims } from '../capability/embedded.ts';
import { digestOf } from '../digest.ts';
import type { ModuleTree, Unfollowed } from '../module.ts';
import { embeddedPaths, mayEmbed } from '../native-embeds.ts';
import { folderOf } from '../source-path.ts';
import { builtRust } from './built-rust.ts';
import { type FileKind, fileKind } from './file-kind.ts';
import type { Language } from './language.ts';
import { NamePieces } from './name-pieces.ts';
import { type NamedFiles, namedFiles } from './named-files.ts';
import { fileDigest, type PackageFiles } from './package-files.ts';
import { PackageIndex } from './package-index.ts';
import { type FoundInCode, type Power, powerOf } from './power.ts';
import { saidByNative, saidByScript } from './read-file.ts';
import type { FileSaid, Said } from './said.ts';
import { isCargos, isPicture, isSetAside } from './set-aside.ts';
import { toldBy } from './told.ts';

/** What of a package, beside its Rust code, that code can run, include or hand to a tool. */
export interface Inputs {
  /** In the order of their names. */
  readonly files: readonly InputFile[];
  /**
   * SHA-256 (hex) of their paths and bytes. Of an archive it is worked out once it is asked for, which what they can do
   * does not need.
   */
  readonly digest: string;
  /** What those of them can do that may run. */
  readonly capabilities: readonly Capability[];
  /** What of them nobody can read; another content is another reason. */
  readonly opaque: readonly Unfollowed[];
}

export interface InputFile {
  readonly path: string;
  readonly kind: FileKind['kind'];
  /** Whether the code names it, or a file that it names does. */
  readonly named: boolean;
}

export const noInputs: Inputs = { files: [], digest: digestOf([]), capabilities: [], opaque: [] };

/**
 * The files that the code of some crate roots can hand on. By name it takes what its texts name, what is included, and what scripts
 * so named name in turn; beside those, where it opens files or runs tools at all, every file that is no Rust source, documentation
 * or test: a name that is put together names nothing here. `tellsCargo` says whether cargo does what it prints.
 */
export function inputsOf(
  trees: readonly ModuleTree[],
  found: FoundInCode,
  files: PackageFiles | undefined,
  tellsCargo = false,
): Inputs {
  if (files === undefined || files.paths.length === 0) return noInputs;
  const names = trees.map(namedFiles);
  const power = powerOf(found, names);
  const included = new Map(names.flatMap((each) => each.included).map((one) => [one.path, one]));
  if (!power.hands && included.size === 0) return noInputs;
  const reconfigures = trees.some(({ modules }) =>
    modules.some(({ tokens }) => /\.\s*reconf\s*\(/.test(tokens.source)),
  );
  const own = new Set(trees.flatMap(({ modules }) => modules.map(({ file }) => file)));
  return new Gathering(files, { ...power, tellsCargo }, included, own, reconfigures).run(
    names.flatMap(({ texts }) => texts),
  );
}

/** Languages of lists that a tool takes up without being told their names. */
const ofTools: ReadonlySet<Language> = new Set(['make', 'cmake', 'ninja', 'meson']);

/** Programs that make `configure`, and the name by which scripts call them. */
const makesConfigure =
  /(?:^|[\s/"'$({])(?:autoreconf|autoconf|autogen|aclocal|AUTORECONF|AUTOCONF)(?:\.sh)?(?:$|[\s"')}])/;

class Gathering {
  readonly #files: PackageFiles;
  readonly #power: Power;
  readonly #included: ReadonlyMap<string, NamedFiles['included'][number]>;
  /** Files of Rust that are read as such. */
  readonly #own: ReadonlySet<string>;
  readonly #index: PackageIndex;
  readonly #named = new Set<string>();
  /** Folders that the code names: what it takes out of them by a name that is worked out may be any file there. */
  #folders: ReadonlySet<string> = new Set();
  /** Of these those whose Rust it may put together, or have compiled, without a word of which file it is. */
  #rustFolders: ReadonlySet<string> = new Set();
  /** What a script names that runs: that may run as well, whatever runs it. */
  readonly #handed = new Set<string>();
  /** Whether `configure` is made of m4 first. */
  #reconfigures: boolean;
  readonly #kinds = new Map<string, FileKind>();
  readonly #said = new Map<string, FileSaid>();

  constructor(
    files: PackageFiles,
    power: Power,
    included: ReadonlyMap<string, NamedFiles['included'][number]>,
    own: ReadonlySet<string>,
    reconfigures: boolean,
  ) {
    this.#own = own;
    this.#reconfigures = reconfigures;
    this.#files = files;
    this.#power = power;
    this.#included = included;
    this.#index = new PackageIndex(files);
  }

  /** Whether a build script runs something and names its own source: what its comments say may be what runs. */
  get #runsSelf(): boolean {
    return this.#power.runsSelf && this.#power.tellsCargo;
  }

  run(texts: readonly string[]): Inputs {
    for (const path of this.#included.keys()) if (this.#bytes(path) !== undefined) this.#named.add(path);
    if (this.#power.hands) this.#follow(texts);
    const folders = foldersIn(texts);
    if (this.#power.runsAny) this.#folders = folders;
    if (this.#power.makes) this.#rustFolders = new Set([...folders].filter((folder) => folder !== 'src'));
    this.#reconfigures ||= texts.some((text) => makesConfigure.test(text));
    const unnamed = this.#unnamed();
    const all = this.#power.hands ? this.#files.paths.filter((path) => this.#counts(path)) : [...this.#named];
    const paths = [...new Set([...all, ...this.#named])].sort();
    const capabilities: Capability[] = [];
    const opaque: Unfollowed[] = [];
    const unread: string[] = [];
    for (const path of paths) {
      // It is read as Rust.
      if (this.#own.has(path) && this.#included.get(path)?.bytes !== true) continue;
      const kind = this.#kind(path);
      const named = this.#named.has(path);
      if (this.#runs(path, kind)) {
        // What a wrap names is fetched by meson itself, whatever list is used.
        const sure = named || unnamed(kind) || path.endsWith('.wrap');
        if (sure || this.#power.runsAny) this.#addScript(path, sure, capabilities, opaque);
      } else if (named && kind.kind === 'data' && kind.text && this.#power.languages.has('shell')) {
        // A shell may be handed any text, and by its input too.
        this.#addScript(path, !isSetAside(path), capabilities, opaque, ofShells);
      } else if (this.#isUnread(path, kind, named)) {
        if (named) opaque.push(this.#dataAt(path));
        else unread.push(path);
      }
      if (named && this.#power.tellsCargo && isText(kind)) this.#addTold(path, capabilities);
      if (kind.kind === 'source') this.#addEmbedded(path, capabilities);
    }
    if (unread.length > 0) opaque.push(this.#dataTogether(unread));
    opaque.push(...this.#builtAndRun(texts));
    let digest = this.#files.fixed === true ? undefined : this.#together(paths);
    const together = () => this.#together(paths);
    return {
      files: paths.map((path) => ({ path, kind: this.#kind(path).kind, named: this.#named.has(path) })),
      get digest() {
        digest ??= together();
        return digest;
      },
      capabilities,
      opaque,
    };
  }

  /**
   * Where something of the package runs that is not named: all, where no script is; of a tool's own lists, where none
   * of those is.
   */
  #unnamed(): (kind: FileKind) => boolean {
    const languages = new Set(
      [...this.#named].flatMap((path) => {
        const kind = this.#kind(path);
        return this.#runs(path, kind) ? [kind.kind === 'script' ? kind.language : kind.kind] : [];
      }),
    );
    return (kind) => {
      if (languages.size === 0 && this.#power.runsAny) return true;
      if (kind.kind === 'script' && kind.language === 'm4') return this.#reconfigures;
      return kind.kind === 'script' && ofTools.has(kind.language) && !languages.has(kind.language);
    };
  }

  /** Files that are named, and those that they name in turn where they run. */
  #follow(texts: readonly string[]): void {
    const queue = new Set<string>();
    for (const text of texts) {
      // What cargo is told to watch is handed to nobody.
      const isWatched = text.startsWith('cargo:');
      for (const path of this.#index.named(text))
        if (!isWatched || !isRustOrCargos(path) || isSetAside(path)) queue.add(path);
      if (this.#power.languages.size > 0) for (const path of this.#index.begins(text)) queue.add(path);
    }
    if (this.#power.runsAny) {
      const pieces = new NamePieces(texts);
      for (const path of this.#files.paths) if (isSetAside(path) && pieces.make(path)) queue.add(path);
    }
    const runsMetadata = this.#power.runsAny && texts.some((text) => metadata.test(text));
    if (runsMetadata || this.#power.runsVariables) queue.add('Cargo.toml');
    if (this.#runsSelf) for (const path of this.#own) if (this.#bytes(path) !== undefined) queue.add(path);
    for (const path of queue) {
      if (isRustOrCargos(path) && !this.#isHanded(path)) continue;
      this.#named.add(path);
      if (!this.#runs(path, this.#kind(path))) continue;
      for (const word of this.#saidIn(path).words) {
        this.#reconfigures ||= makesConfigure.test(word);
        const named = [
          ...this.#index.named(word, folderOf(path)),
          ...this.#index.begins(word, folderOf(path)),
        ];
        for (const other of named) {
          queue.add(other);
          this.#handed.add(other);
        }
      }
    }
  }

  #counts(path: string): boolean {
    const isAside = isSetAside(path) && !this.#power.runsFound && !isBelow(path, this.#folders);
    if (path.endsWith('.rs')) return !isAside && !this.#own.has(path) && isBelow(path, this.#rustFolders);
    return !isAside && !isCargos(path);
  }

  /** Rust that is read as such is handed to nobody; other Rust, and what cargo keeps, may be what a program is given. */
  #isHanded(path: string): boolean {
    if (isCargos(path)) return this.#power.runsAny;
    return this.#own.has(path) ? this.#runsSelf : this.#power.makes;
  }

  #runs(path: string, kind: FileKind): boolean {
    if (kind.kind === 'source') return this.#power.runsCompiled && /\.(?:c|cc|cpp|cxx|h|hpp|m)$/i.test(path);
    return (
      kind.kind === 'script' &&
      (this.#power.languages.has(kind.language) || this.#included.has(path) || this.#handed.has(path))
    );
  }

  /** Whether nobody reads what may be unpacked, run or taken up. */
  #isUnread(path: string, kind: FileKind, named: boolean): boolean {
    const included = this.#included.get(path);
    if (included?.bytes === true) return true;
    if (!named && isSetAside(path)) return false;
    if (kind.kind === 'data' && !kind.text)
      return included !== undefined || (this.#power.unpacks && (named || !isPicture(path)));
    // What is not named goes to the linker.
    return kind.kind === 'object' && this.#power.unpacks && named;
  }

  #addScript(
    path: string,
    sure: boolean,
    capabilities: Capability[],
    opaque: Unfollowed[],
    only?: ReadonlySet<Said['kind']>,
  ): void {
    const { said, workedOut } =
      only === undefined ? this.#saidIn(path) : saidByScript(valuesIn(path, this.#text(path)), 'shell');
    let lines: readonly string[] | undefined;
    for (const one of eachOnce(said)) {
      if (only?.has(one.kind) === false) continue;
      lines ??= this.#text(path).split('\n');
      capabilities.push(placed(one, path, lines, sure));
    }
    // What is no script by its name is full of what a shell would work out.
    if (workedOut.length === 0 || !sure || only !== undefined) return;
    const digest = digestOf(workedOut.map(({ text }) => text.replaceAll(/\s+/g, ' '))).slice(0, 12);
    const what = workedOut.length === 1 ? '1 command' : `${workedOut.length} commands`;
    const reason = `${path} works out ${what} while it runs (${digest})`;
    opaque.push({ file: path, line: workedOut[0]?.line ?? 1, reason });
  }

  /** What the file tells cargo where its text is printed, which nothing says that it is not. */
  #addTold(path: string, capabilities: Capability[]): void {
    const text = this.#text(path);
    const told = eachOnce(toldBy(text));
    const lines = told.length === 0 ? [] : text.split('\n');
    for (const one of told) capabilities.push(placed(one, path, lines, true));
  }

  /** What source that may be compiled takes up of files that the package does not have. */
  #addEmbedded(path: string, capabilities: Capability[]): void {
    const bytes = this.#bytes(path);
    if (bytes === undefined || !mayEmbed(bytes)) return;
    const text = this.#text(path);
    let lines: readonly string[] | undefined;
    for (const { path: other, index } of embeddedPaths(text))
      for (const [kind, confidence, name] of outsideClaims(other, path)) {
        lines ??= text.split('\n');
        const line = text.slice(0, index + 1).split('\n').length;
        capabilities.push(
          placed({ kind, confidence, line, ...(name === undefined ? {} : { name }) }, path, lines, true),
        );
      }
  }

  /** What is built and run while this runs. */
  #builtAndRun(texts: readonly string[]): readonly Unfollowed[] {
    const built = builtRust(this.#files.paths, this.#named, texts, this.#power);
    const [first] = built;
    if (first === undefined) return [];
    const digest = this.#together(built).slice(0, 12);
    const what = built.length === 1 ? `${first} is` : `${built.length} files are`;
    return [{ file: first, line: 1, reason: `${what} built and run, and not read (${digest})` }];
  }

  #dataAt(path: string): Unfollowed {
    const from = this.#included.get(path);
    const size = this.#bytes(path)?.length ?? 0;
    const reason = `${path} is data that nobody reads: ${size} bytes (${this.#digest(path).slice(0, 12)})`;
    return { file: from?.file ?? path, line: from?.line ?? 1, reason };
  }

  #dataTogether(paths: readonly string[]): Unfollowed {
    const [first = ''] = paths;
    if (paths.length === 1) return this.#dataAt(first);
    const digest = this.#together(paths).slice(0, 12);
    return { file: first, line: 1, reason: `${paths.length} files are data that nobody reads (${digest})` };
  }

  #saidIn(path: string): FileSaid {
    const known = this.#said.get(path);
    if (known !== undefined) return known;
    const kind = this.#kind(path);
    const said =
      kind.kind === 'script' ? saidByScript(this.#text(path), kind.language) : saidByNative(this.#text(path));
    this.#said.set(path, said);
    return said;
  }

  #kind(path: string): FileKind {
    const known = this.#kinds.get(path) ?? fileKind(path, this.#bytes(path) ?? new Uint8Array());
    this.#kinds.set(path, known);
    return known;
  }

  #bytes(path: string): Uint8Array | undefined {
    return this.#files.bytes(path);
  }

  #text(path: string): string {
    return new TextDecoder().decode(this.#bytes(path));
  }

  #digest(path: string): string {
    return fileDigest(this.#bytes(path) ?? new Uint8Array());
  }

  #together(paths: readonly string[]): string {
    return digestOf(paths.flatMap((path) => [path, this.#digest(path)]));
  }
}

/** What is told of a text that is no script by its name. */
const ofShells: ReadonlySet<Said['kind']> = new Set(['downloader', 'network']);

/**
 * What cargo tells of the manifest that whoever publishes may write anything into: variables, where it is, and commands
 * that print it.
 */
const metadata =
  /^(?:CARGO_PKG_(?:DESCRIPTION|AUTHORS|HOMEPAGE|REPOSITORY|LICENSE|LICENSE_FILE|README)|CARGO_MANIFEST_PATH|CARGO_CFG_FEATURE|metadata|read-manifest)$/;

/** A text that a shell may be given; of a manifest its values, each in its line. */
function valuesIn(path: string, text: string): string {
  return path.endsWith('.toml') ? text.replaceAll(/^[^="\n]*=[ \t]*"(.*)"[ \t]*$/gm, '$1') : text;
}

/** The folders that texts may name, or go on from: `tests`, `tests/{}.xz`. */
function foldersIn(texts: readonly string[]): ReadonlySet<string> {
  return new Set(
    texts.flatMap((text) => {
      if (text.startsWith('cargo:')) return [];
      const plain = text.replace(/^(?:\{\w*\})?(?:\.?[\\/])+/, '');
      const folder = /^[\w.-]+(?:[\\/][\w.-]+)*(?=[\\/]?$|[\\/][^\\/]*\{)/.exec(plain)?.[0];
      return folder === undefined ? [] : [folder.replaceAll('\\', '/')];
    }),
  );
}

function isBelow(path: string, folders: ReadonlySet<string>): boolean {
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1))
    if (folders.has(path.slice(0, at))) return true;
  return false;
}

function isRustOrCargos(path: string): boolean {
  return path.endsWith('.rs') || isCargos(path);
}

/** Claims that one file may make, beyond one of each kind and name. */
const maxEach = 60;
const maxLine = 200;

/** More places of the same are left out, and nothing that is not said yet. */
function eachOnce(all: readonly Said[]): readonly Said[] {
  const [seen, shapes] = [new Set<string>(), new Set<string>()];
  return all.filter(({ kind, name, line }) => {
    const key = JSON.stringify([kind, name, line]);
    const shape = JSON.stringify([kind, name]);
    if (seen.has(key) || (seen.size >= maxEach && shapes.has(shape))) return false;
    seen.add(key);
    shapes.add(shape);
    return true;
  });
}

function placed(
  { kind, name, confidence, line }: Said,
  file: string,
  lines: readonly string[],
  sure: boolean,
): Capability {
  return {
    kind,
    ...(name === undefined ? {} : { name }),
    file,
    line,
    code: (lines[line - 1] ?? '').trim().slice(0, maxLine),
    confidence: sure ? confidence : 'possible',
  };
}

function isText(kind: FileKind): boolean {
  return kind.kind === 'script' || (kind.kind === 'data' && kind.text);
}
