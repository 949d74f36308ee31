import { byText } from '../../bom/document.ts';
import { sameProject } from './upstream-names.ts';

/** The sources of a crate: paths below it, with slashes, and their texts. */
export interface SourceFiles {
  readonly paths: readonly string[];
  /** `undefined` for what cannot be read, or is too large for a header. */
  readonly text: (path: string) => string | undefined;
}

/** A version of C code in a crate, and why it is believed. */
export interface ToldVersion {
  readonly version: string;
  readonly method: 'build-metadata' | 'header' | 'build-system' | 'version-file';
  /** Where it stands: `1.5.7` in `2.0.16+zstd.1.5.7`, or a path in the crate. */
  readonly where: string;
  /** 0 to 1, as CycloneDX has it. */
  readonly confidence: number;
}

/** What a project goes by. */
type Names = readonly string[];

const confidence = { 'build-metadata': 0.9, header: 0.8, 'build-system': 0.7, 'version-file': 0.6 } as const;

/**
 * What the sources of a crate say of the version of a project's code in them, the surest first. `names`: what the
 * project goes by; `only`: there is no other project's code in the crate, so that what has no name can mean no other.
 */
export function toldVersions(
  names: readonly string[],
  { version, files }: { readonly version: string; readonly files: SourceFiles },
  only: boolean,
): readonly ToldVersion[] {
  const told = [
    ...fromMetadata(names, version, only),
    ...fromHeaders(names, files),
    ...fromBuildSystem(names, files),
    ...fromVersionFiles(names, files, only),
  ];
  return told.toSorted((a, b) => b.confidence - a.confidence);
}

/** `zstd.1.5.7`, `curl-8.11.0`, `1.9.2`, `5.3.0-1-ge13ca99` (git describe) behind the `+` of a release's version. */
function fromMetadata(names: Names, version: string, only: boolean): readonly ToldVersion[] {
  const metadata = version.split('+')[1] ?? '';
  const [, name, stated] =
    /^(?:([a-z][a-z0-9]*)[.-])?v?(\d+(?:\.\d+)+[a-z]?)(?:[-.]|$)/i.exec(metadata) ?? [];
  if (stated === undefined) return [];
  const isIt = name === undefined ? only : isOne(name, names);
  return isIt ? [tell('build-metadata', stated, version)] : [];
}

/** A header's macros: one with a text (`SQLITE_VERSION`), or one a number (`ZSTD_VERSION_MAJOR` and so on). */
function fromHeaders(names: Names, files: SourceFiles): readonly ToldVersion[] {
  const found: ToldVersion[] = [];
  for (const path of files.paths) {
    if (!/\.(?:h|hpp|h\.in)$/.test(path) || isAside(path)) continue;
    const named = isOne(basename(path), names);
    const text = files.text(path);
    if (text === undefined || !/VERSION|MAJOR/i.test(text)) continue;
    const version = macroVersion(names, text, named);
    if (version === undefined) continue;
    // A header of another name beside the project's folder may be anybody's.
    const isItsOwn = named || isWithin(path, names);
    found.push(
      isItsOwn ? tell('header', version, path) : { ...tell('header', version, path), confidence: 0.65 },
    );
  }
  return nearest(names, found);
}

const numberParts: Readonly<Record<string, 0 | 1 | 2>> = {
  MAJOR: 0,
  MINOR: 1,
  PATCH: 2,
  PATCHLEVEL: 2,
  RELEASE: 2,
  REVISION: 2,
  TEENY: 2,
  MICRO: 2,
  SUBMINOR: 2,
  BUILD: 2,
};

/** `named`: the header has the project's name, so that its macros need none. */
function macroVersion(names: Names, text: string, named: boolean): string | undefined {
  const numbers = new Map<string, (string | undefined)[]>();
  let stated: string | undefined;
  for (const [, macro = '', quotedValue, number] of text.matchAll(
    /^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+\(?(?:"v?([^"\n]*)"|(\d+)\b)/gm,
  )) {
    const value = quotedValue ?? number ?? '';
    const part = partOf(macro);
    if (part !== undefined && belongs(part.prefix, names, named)) {
      const parts = numbers.get(part.prefix) ?? [];
      if (/^\d+$/.test(value)) parts[part.at] ??= value;
      numbers.set(part.prefix, parts);
      continue;
    }
    const [, prefix] =
      /^(\w*?)_?(?:LIB_?)?(?:VERSION|VER)(?:_?(?:STRING|STR|TEXT|NAME))?$/i.exec(macro) ?? [];
    const version = /^(?:\D*\s)?(\d+(?:\.\d+)+[a-z]?)(?![\w.]*\.\d)/i.exec(value)?.[1];
    if (prefix === undefined || version === undefined || quotedValue === undefined) continue;
    if (belongs(prefix, names, named)) stated ??= version;
  }
  if (stated !== undefined) return stated;
  for (const [major, minor, patch] of numbers.values())
    if (major !== undefined && minor !== undefined)
      return [major, minor, ...(patch === undefined ? [] : [patch])].join('.');
  return undefined;
}

/** `ZSTD_VERSION_MAJOR`, `XML_MAJOR_VERSION`, `FREETYPE_MAJOR`. */
function partOf(macro: string): { readonly prefix: string; readonly at: 0 | 1 | 2 } | undefined {
  const words = macro.toUpperCase().split('_');
  const index = words.findLastIndex((word) => Object.hasOwn(numberParts, word));
  const at = numberParts[words[index] ?? ''];
  if (at === undefined) return undefined;
  const rest = words.filter(
    (word, i) => i !== index && !['VERSION', 'VER', 'NUM', 'NUMBER', 'N'].includes(word),
  );
  return { prefix: rest.join('_'), at };
}

function belongs(prefix: string, names: Names, named: boolean): boolean {
  if (prefix === '') return named;
  return named || isOne(prefix, names);
}

/** `AC_INIT([zlib], [1.3])`, `project(ZSTD VERSION 1.5.7)`, meson's `version : '1.2'`. */
function fromBuildSystem(names: Names, files: SourceFiles): readonly ToldVersion[] {
  const found: ToldVersion[] = [];
  for (const path of files.paths) {
    const isKnown = /(?:^|\/)(?:configure\.ac|configure\.in|CMakeLists\.txt|meson\.build)$/.test(path);
    const text = isKnown && !isAside(path) ? files.text(path) : undefined;
    if (text === undefined) continue;
    const stated =
      /\bAC_INIT\(\s*\[?([\w .+-]+?)\]?\s*,\s*\[?v?(\d+(?:\.\d+)+[a-z]?)/.exec(text) ??
      /\bproject\s*\(\s*"?([\w.+-]+)"?\s[^)]*?\bVERSION\s+"?(\d+(?:\.\d+)+)/i.exec(text) ??
      /\bproject\s*\(\s*'([\w.+-]+)'[^)]*?\bversion\s*:\s*'v?(\d+(?:\.\d+)+)/.exec(text);
    if (stated?.[1] !== undefined && stated[2] !== undefined && isOne(stated[1], names))
      found.push(tell('build-system', stated[2], path));
  }
  return nearest(names, found);
}

/** A file VERSION with nothing but a version in its first line. It names no project, so that it counts where there is one alone. */
function fromVersionFiles(names: Names, files: SourceFiles, only: boolean): readonly ToldVersion[] {
  if (!only) return [];
  const found = files.paths.flatMap((path): readonly ToldVersion[] => {
    if (!/(?:^|\/)VERSION(?:\.txt)?$/.test(path) || isAside(path)) return [];
    const version = /^v?(\d+(?:\.\d+)+[a-z]?)(?:[-\s]|$)/.exec(files.text(path) ?? '')?.[1];
    return version === undefined ? [] : [tell('version-file', version, path)];
  });
  return nearest(names, found);
}

/**
 * Of several places those in a folder of the project's name, then those nearest to the top: others are of what the
 * project carries along, or of what the crate may build instead.
 */
function nearest(names: Names, found: readonly ToldVersion[]): readonly ToldVersion[] {
  const rank = ({ where }: ToldVersion) => where.split('/').length + (isWithin(where, names) ? 0 : 1000);
  const fitting = found.filter(({ version }) => fits(version, names));
  const least = Math.min(...fitting.map(rank));
  const kept = fitting.filter((one) => rank(one) === least).toSorted((a, b) => byText(a.where, b.where));
  const [first] = kept;
  // Several that say different things: nobody knows which of them is compiled.
  return first !== undefined && kept.every(({ version }) => agree(version, first.version)) ? kept : [];
}

/** A name with a version in it is of that one: `lua5.4`. */
function fits(version: string, names: Names): boolean {
  const own = names.flatMap((name) => /\d+\.\d+$/.exec(name)?.[0] ?? []);
  return own.length === 0 || own.some((one) => agree(version, one));
}

/** Two versions that say the same, or one of them more. */
export function agree(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}

/** Whether a path is in a folder of the project's name. */
function isWithin(path: string, names: Names): boolean {
  return path
    .split('/')
    .slice(0, -1)
    .some((folder) => isOne(folder, names));
}

function isOne(name: string, names: Names): boolean {
  return names.some((one) => sameProject(name, one));
}

/** Tests, examples and documentation are of whoever else, and so is what lies with a project as another's. */
function isAside(path: string): boolean {
  return (
    /(?:^|\/)(?:tests?|testing|examples?|docs?|contrib|fuzz(?:ing)?|bench(?:marks?)?|samples?|demos?)\//i.test(
      path,
    ) || /\/(?:third_?party|3rd_?party)\//i.test(path)
  );
}

function basename(path: string): string {
  return (path.split('/').at(-1) ?? '').replace(/\.h(?:pp)?(?:\.in)?$/, '');
}

function tell(method: ToldVersion['method'], version: string, where: string): ToldVersion {
  return { version, method, where, confidence: confidence[method] };
}
