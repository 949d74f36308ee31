import type { Capability } from '../capability/capability.ts';
import type { Unfollowed } from '../module.ts';
import { isToolchain } from '../toolchain.ts';
import { languages as everyLanguage, type Language } from './language.ts';
import type { NamedFiles } from './named-files.ts';

/** What the Rust code itself does, as far as it decides what becomes of files. */
export type FoundInCode = {
  readonly capabilities: readonly Capability[];
  readonly opaque: readonly Unfollowed[];
  readonly helpers: readonly string[];
};

/** What code can do with files. */
export interface Power {
  /** Whether it opens files or runs anything: else only what it includes matters. */
  readonly hands: boolean;
  /** Languages whose files something that it runs may run. */
  readonly languages: ReadonlySet<Language>;
  /** Whether something that it runs may run files whose names nobody can tell. */
  readonly runsAny: boolean;
  /** Whether it runs, unpacks or loads what no reader here reads. */
  readonly unpacks: boolean;
  /** Whether it runs what it has compiled. */
  readonly runsCompiled: boolean;
  /** Whether it runs any program, compiles, or writes what is compiled into others. */
  readonly makes: boolean;
  /** Whether it runs cargo, which builds and runs what other packages in the archive say. */
  readonly runsCargo: boolean;
  /** Whether it runs rustc, and programs that are found by a path, such as the one that was made. */
  readonly runsBuilt: boolean;
  /** Whether it may run any file that it finds in a folder. */
  readonly runsFound: boolean;
  /** Whether it may run what comments of its own source say. */
  readonly runsSelf: boolean;
  /** Whether it may run what any variable says, those that cargo makes of the manifest among them. */
  readonly runsVariables: boolean;
  /** Whether what it prints may be directives. */
  readonly tellsCargo: boolean;
}

/** Tools that run what lists of the package say. */
const tools: readonly (readonly [name: RegExp, languages: readonly Language[]])[] = [
  [/^cmake/, ['cmake']],
  [/^(?:g|mingw32-|n)?make$|^\$\{?(?:MAKE|GMAKE)\b/, ['make']],
  [/^ninja/, ['ninja']],
  [/^meson/, ['meson', 'python']],
  [/^(?:[gmn]?awk|sed)$/, ['awk', 'other-script']],
  [/^(?:autotools|openssl_src|autocfg_src)/, ['shell', 'make', 'perl', 'm4', 'awk', 'other-script']],
  [/^(?:autoreconf|autoconf|autogen|automake|aclocal|m4)\b/, ['m4', 'shell', 'make', 'perl']],
];
const handing =
  /^(?:process|shell|downloader|network|native-build|bindings|writes-out-dir|writes|writes-package|loads-library|data-as-code|link-directive|foreign-code|temp)$/;

/** What code can do with files, by what was found in it and how it names them. */
export function powerOf(
  { capabilities, opaque, helpers }: FoundInCode,
  names: readonly NamedFiles[],
): Omit<Power, 'tellsCargo'> {
  const own = capabilities.filter(({ emitted, confidence }) => emitted !== true && confidence !== 'possible');
  const programs = own.flatMap(({ kind, name = '?' }) =>
    kind === 'process' || kind === 'shell' ? [name] : [],
  );
  const languages = new Set<Language>();
  let [unpacks, runsAny] = [false, false];
  for (const { kind, name = '?' } of own) {
    if (kind === 'data-as-code' || kind === 'loads-library' || kind === 'decodes') unpacks = true;
    const tool = tools.find(([pattern]) => pattern.test(name))?.[1];
    if (kind === 'native-build' || kind === 'process')
      for (const language of tool ?? []) languages.add(language);
    const isProgram = kind === 'process' && tool === undefined && !isToolchain(name) && !harmless.test(name);
    if (kind !== 'shell' && !isProgram) continue;
    for (const language of everyLanguage) languages.add(language);
    unpacks ||= unpackers.test(name);
    // A program of the system's that interprets nothing runs no file of the package that it is not told.
    runsAny ||= kind === 'shell' || name === '?' || /[$\\/.]/.test(name) || interpreting.test(name);
  }
  return {
    hands:
      capabilities.some(({ kind }) => handing.test(kind)) ||
      opaque.length > 0 ||
      helpers.length > 0 ||
      names.some(({ opens, untold }) => opens || untold),
    languages,
    runsAny,
    unpacks: unpacks || runsAny,
    runsCompiled: own.some(({ kind, name }) => kind === 'process' && name === '$OUT_DIR'),
    runsFound: runsAny && names.some(({ walks }) => walks),
    runsSelf: runsAny && names.some(({ self }) => self),
    runsVariables: runsAny && own.some(({ kind }) => kind === 'reads-all-variables'),
    makes:
      programs.length > 0 || own.some(({ kind }) => kind === 'native-build' || kind === 'writes-out-dir'),
    runsCargo: programs.some((name) => cargo.test(name)),
    runsBuilt:
      programs.some((name) => rustc.test(name)) &&
      programs.some((name) => /[$\\/.]/.test(name) && !rustc.test(name) && !cargo.test(name)),
  };
}

const cargo = /^(?:cargo|\$\{?CARGO\}?)(?:\.exe)?$/;
const rustc = /^(?:rustc|\$\{?RUSTC\w*\}?)(?:\.exe)?$/;
const interpreting =
  /^(?:python[\d.]*|perl|ruby|node|deno|bun|npm|npx|yarn|pnpm|java|go|php|lua|tclsh|wish|osascript|Rscript|julia|env|sudo|doas|busybox|xargs|find|nohup|setsid|timeout|nice|wine|docker|podman|bazel|scons|gradle|ant|mvn|rake|just|task|tup|waf|gn|xmake|premake\d?|b2|bjam|nix\S*|script|expect|wscript|cscript|mshta|rundll32|regsvr32)$/i;
const unpackers =
  /^(?:tar|bsdtar|unzip|7z|7za|xz|unxz|gzip|gunzip|bzip2|bunzip2|zstd|unzstd|cpio|ar|openssl|base64|xxd|uudecode|gpg)$/;
/** Programs that run no file of a package. */
const harmless =
  /^(?:git|hg|svn|date|hostname|whoami|which|where|brew|pg_config|mysql_config|curl-config|xcode-select|sw_vers|ldconfig|dpkg|rpm|strip|cp|mv|ln|ls|cat|grep|sed|awk|tr|head|patch)$/;
