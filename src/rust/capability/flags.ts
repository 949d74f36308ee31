/** Flags and variables by which compilers and linkers run or load something of whoever sets them. */

/** Names of the toolchain's own linkers, as `-fuse-ld` takes them. */
const linkers = /^(?:lld|gold|bfd|mold|wild)$/;

/**
 * What a flag of a compiler or linker has it run, load or take as its own parts (GCC, "Overall Options", "Directory Options";
 * GCC, `@file`; Clang, `-fplugin`, `-Xclang -load`; GNU ld, `-T`, `-plugin`; rustc, `-C linker`): the flag itself, or `undefined`.
 */
export function redirectIn(text: string): string | undefined {
  const flags = text
    .trim()
    .replace(/^-Wl,|^-Xlinker[= ]|^-C\s*link-args?=/, '')
    .split(/[\s,]+/);
  for (const [i, flag] of flags.entries()) {
    const used = /^-fuse-ld=(.*)$/.exec(flag)?.[1];
    if (used !== undefined) {
      if (!linkers.test(used)) return flag;
    } else if (redirecting.test(flag) && !ownSpecs.test(flag))
      return [flag, ...flags.slice(i + 1)].join(' ').slice(0, maxFlag);
    const [, joined = ''] = writing.exec(flag) ?? [];
    if (elsewhere.test(joined) || (writing.test(flag) && joined === '' && elsewhere.test(flags[i + 1] ?? '')))
      return flags.slice(i).join(' ').slice(0, maxFlag);
  }
  return undefined;
}

/** The same of flags in a command or a list alone: by which a program of somebody else's is run or loaded, not where anything is written. */
export function runningFlag(text: string): string | undefined {
  const flag = redirectIn(text);
  return flag !== undefined && loadingFlags.test(flag) ? flag : undefined;
}

const loadingFlags =
  /^-(?:B|wrapper$|-?specs|fplugin|fpass-plugin|load|fuse-ld|-?ld-path|-?plugin|lto_library|ccbin|-compiler-bindir)/;

const maxFlag = 120;

/**
 * Flags by which a list, a map or what lies between is written to a file that they name (GNU ld, "Options"; GCC,
 * "Preprocessor Options").
 */
const writing =
  /^(?:--?Map|--?dependency-file|--?out-implib|-MF|--?MD|-save-temps|-dumpdir|-fcrash-diagnostics-dir|-fprofile-dir|-ftime-trace)[=]?(.*)$/;
/** A place outside of what is built. */
const elsewhere = /^(?:[/\\~]|\.\.[/\\]|\$HOME|[A-Za-z]:[/\\])/;

/** Those of newlib, which a compiler for it finds beside itself. */
const ownSpecs = /^-{1,2}specs=(?:nano|nosys|rdimon|semihost|sync-\w+|picolibc\w*)\.specs$/;

const redirecting = new RegExp(
  [
    String.raw`^-B(?!static|dynamic|symbolic|group|direct|order)(?:[^a-z]|[a-z]*[/\\{]|$)`,
    '^-wrapper$',
    '^@(?!(?:rpath|loader_path|executable_path)\\b)[\\w./~$-]',
    '^-{1,2}specs(?:=|$)',
    '^--?ld-path=',
    '^--?(?:dep)?audit(?:=|$)|^-lto_library$',
    '^-fplugin(?:=|-arg)',
    '^-fpass-plugin=',
    '^-(?:load|load-pass-plugin)(?:=|$)',
    String.raw`^-T(?!text|data|bss|rodata|ldata)(?:[^a-z]|[a-z0-9_]*[./\\{]|$)`,
    '^--?(?:default-)?script(?:=|$)',
    '^-?-plugin(?:=|$)',
    '^-?-dynamic-linker(?:=|$)',
    '^--config(?:=|$)',
    '^-ccbin(?:=|$)|^--compiler-bindir(?:=|$)',
    String.raw`^-(?:C\s*)?linker(?:-flavor)?=|^linker=|^-Clinker=|^-Zcodegen-backend`,
    '^--plugin=',
    String.raw`^-o(?=[./\\~{])`,
  ].join('|'),
);

/**
 * Names of variables by which something else is loaded or run, those that no ordinary script of a build sets: the
 * source of a pattern.
 */
export const preloading = String.raw`(?:LD_(?:PRELOAD|AUDIT)|DYLD_INSERT_LIBRARIES|RUSTC(?:_WORKSPACE)?_WRAPPER|CARGO_(?:BUILD_RUSTC_WRAPPER|TARGET_\w+_RUNNER)|BASH_ENV|PROMPT_COMMAND|PYTHONSTARTUP|PERL5OPT|RUBYOPT|NODE_OPTIONS|JAVA_TOOL_OPTIONS|GIT_(?:SSH|SSH_COMMAND|EXEC_PATH|ASKPASS|PROXY_COMMAND|EXTERNAL_DIFF)|GCC_EXEC_PREFIX)`;
/** Variables by which loaders, compilers and interpreters load or run something else. */
const loading = new RegExp(
  String.raw`^(?:${preloading}|DYLD_(?:FRAMEWORK_PATH|FALLBACK_LIBRARY_PATH)|RUSTC|RUSTDOC|RUSTC_LINKER|CARGO_(?:BUILD_RUSTC\w*|BUILD_RUSTFLAGS|ENCODED_RUSTFLAGS|TARGET_\w+_(?:LINKER|RUSTFLAGS))|RUSTFLAGS|COMPILER_PATH|COLLECT_\w+|PYTHON(?:PATH|HOME)|PERL5?LIB|RUBYLIB|_JAVA_OPTIONS|CMAKE_TOOLCHAIN_FILE|GCONV_PATH|CARGO_ALIAS_\w+|CCC_OVERRIDE_OPTIONS|CONFIG_SITE|MAKEFILES|GIT_(?:CONFIG(?:_GLOBAL|_SYSTEM|_COUNT|_PARAMETERS|_(?:KEY|VALUE)_\d+)?|TEMPLATE_DIR|EDITOR|SEQUENCE_EDITOR)|OPENSSL_(?:CONF|ENGINES|MODULES)|LUA_INIT\w*|DOTNET_STARTUP_HOOKS|JDK_JAVA_OPTIONS|CCACHE_(?:PREFIX(?:_CPP)?|COMPILER)|VIMINIT|LESSOPEN)$`,
);
/** Folders in which programs and libraries are looked for. */
const searched = /^(?:PATH|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|LIBPATH)$/;
/**
 * What only compilers and linkers that rustc runs go by, and rustc itself (Clang, LINK.EXE, "LINK Environment
 * Variables"; xcrun(1)).
 */
const inRustc = /^(?:RUST_TARGET_PATH|LIBRARY_PATH|_?LINK_?|_?CL_?|DEVELOPER_DIR)$/;
/** Variables that have flags for a compiler or linker. */
const flagged =
  /(?:^|_)(?:C|CXX|CPP|LD|AS|AR|OBJC)FLAGS(?:_\w+)?$|^BINDGEN_EXTRA_CLANG_ARGS(?:_\w+)?$|^NIX_\w+$/;

/** Whether a variable has flags, by which a compiler or linker may run something. */
export function isFlags(variable: string): boolean {
  return flagged.test(variable);
}

/** Variables whose value a build tool runs. */
const running =
  /^(?:(?:(?:HOST|TARGET)_)?(?:CC|CXX|AR|LD|RANLIB|NM|AS)(?:_[a-z]\w*)?|\w+_(?:CC|CXX|AR|LINKER)|PROTOC|CMAKE|PKG_CONFIG|MAKE|NASM|YASM|RUSTFMT|LLVM_CONFIG_PATH|CLANG_PATH|PYO3_PYTHON|PYTHON|PERL|NVCC|CMAKE_\w+_COMPILER(?:_LAUNCHER)?|CMAKE_MAKE_PROGRAM|SHELL|CONFIG_SHELL|CROSS_COMPILE)$/;

/** Folders in which tools that a build script runs look for programs, libraries and lists that they run or load. */
const searchedByTools =
  /^(?:PATH|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|LIBCLANG_PATH|PKG_CONFIG_(?:PATH|LIBDIR)(?:_\w+)?|CMAKE_(?:PREFIX|MODULE|PROGRAM)_PATH|LLVM_CONFIG_PATH|ACLOCAL_PATH|GEM_(?:HOME|PATH)|NODE_PATH|CARGO_HOME|RUSTUP_HOME|LIBRARY_PATH|TCLLIBPATH|GUILE_LOAD_PATH|EMACSLOADPATH|ZDOTDIR)$/;

/** Whether a tool looks for what it runs or loads where a variable says. */
export function isSearchedByTools(variable: string): boolean {
  return searchedByTools.test(variable);
}

/** Whether a variable that a process is started with makes it load or run something else. */
export function isLoading(variable: string): boolean {
  return loading.test(variable);
}

/** Whether a variable that cargo sets for rustc (`rustc-env`) does so, or says where programs are looked for. */
export function isLoadingInRustc(variable: string): boolean {
  // Cargo reads these itself, and has by then.
  if (/^(?:CARGO_|RUSTFLAGS|RUSTDOC)/.test(variable)) return false;
  return loading.test(variable) || searched.test(variable) || inRustc.test(variable);
}

/** Whether a build tool runs what a variable says. */
export function isRunning(variable: string): boolean {
  return running.test(variable);
}

/** Definitions by which CMake takes programs or lists from elsewhere (cmake-variables(7)). */
const definitions =
  /^(?:CMAKE_(?:\w+_COMPILER(?:_LAUNCHER|_AR|_RANLIB)?|\w+_(?:LINKER_LAUNCHER|CLANG_TIDY|CPPCHECK|CPPLINT|INCLUDE_WHAT_YOU_USE)|LINKER|AR|NM|RANLIB|OBJCOPY|STRIP|MAKE_PROGRAM|TOOLCHAIN_FILE|PROJECT_\w*INCLUDE\w*|MODULE_PATH|USER_MAKE_RULES_OVERRIDE\w*|\w*RULE_LAUNCH\w*)|RULE_LAUNCH_\w+|FETCHCONTENT_BASE_DIR)$/;

export function isRedirectingDefinition(name: string): boolean {
  return definitions.test(name.replace(/^-D|:[A-Z]+$/g, ''));
}

/**
 * What an argument of `cmake` itself has it run or load: a definition, a script that fills its cache, or one that it
 * runs. Its `-T` is the toolset of a generator (cmake(1)).
 */
export function cmakeRedirectIn(text: string): string | undefined {
  const argument = text.trim().slice(0, maxFlag);
  const [, name, value = ''] = /^-D\s*([^=:]+)(?::[A-Z]+)?=(.*)$/s.exec(argument) ?? [];
  if (name !== undefined) return isRedirectingDefinition(name) ? `${name}=${value}` : undefined;
  return /^-[CP](?:.|$)|^--(?:toolchain|preset|script)(?:=|$)/.test(argument) ? argument : undefined;
}
