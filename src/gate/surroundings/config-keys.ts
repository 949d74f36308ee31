import type { SettingTopic } from '../../facts/surroundings.ts';

// The keys of cargo's configuration that decide a build (cargo's book, "Configuration").

/** What one key is about, and what cargo does by it: the end of a sentence. */
export interface KeyMeaning {
  readonly topic: SettingTopic;
  readonly does: string;
  /** Whether its value must not be shown. */
  readonly secret?: true;
}

/** The meaning of a key by its path; `undefined` for one that decides nothing. `[source]` is read elsewhere. */
export function meaningOf(path: readonly string[], value: unknown): KeyMeaning | undefined {
  const key = keys.find(
    ({ pattern, test }) =>
      pattern.length === path.length &&
      pattern.every((part, i) => part === '*' || part === path[i]) &&
      test?.(value, path) !== false,
  );
  return key?.topic === 'flags' && namesProgram(value)
    ? { topic: 'program', does: 'hands these flags to the compiler, which then runs what they name' }
    : key;
}

interface Key extends KeyMeaning {
  readonly pattern: readonly string[];
  readonly test?: (value: unknown, path: readonly string[]) => boolean;
}

function key(pattern: string, topic: SettingTopic, does: string, more: Partial<Key> = {}): Key {
  return { pattern: pattern.split('.'), topic, does, ...more };
}

const isOn = (value: unknown) => value !== false;
const inPlace = 'runs it in place of';

const keys: readonly Key[] = [
  key(
    'paths',
    'path-override',
    'builds the crates in these folders in place of those that the lockfile names',
  ),
  key('build.rustc', 'program', `${inPlace} rustc`),
  key('build.rustc-wrapper', 'program', `${inPlace} rustc, for every crate`),
  key('build.rustc-workspace-wrapper', 'program', `${inPlace} rustc, for the project's own crates`),
  key('build.rustdoc', 'program', `${inPlace} rustdoc`),
  key('target.*.linker', 'program', 'has rustc run it to link'),
  key('target.*.runner', 'program', 'runs it whenever a program or test of this target is run'),
  key('host.linker', 'program', 'has rustc run it to link build scripts and proc-macros'),
  key('host.*.linker', 'program', 'has rustc run it to link build scripts and proc-macros'),
  key('host.runner', 'program', 'runs it for every build script'),
  key('host.*.runner', 'program', 'runs it for every build script'),
  key('doc.browser', 'program', 'runs it to show documentation'),
  key('build.rustflags', 'flags', 'hands these flags to every call of rustc'),
  key('build.rustdocflags', 'flags', 'hands these flags to every call of rustdoc'),
  key('target.*.rustflags', 'flags', 'hands these flags to rustc for this target'),
  key('target.*.rustdocflags', 'flags', 'hands these flags to rustdoc for this target'),
  key('host.rustflags', 'flags', 'hands these flags to rustc for build scripts and proc-macros'),
  ...['profile.*', 'profile.*.build-override', 'profile.*.package.*'].flatMap((profile) => [
    key(`${profile}.rustflags`, 'flags', 'hands these flags to rustc in this profile'),
    key(`${profile}.codegen-backend`, 'program', 'has rustc load it to generate code'),
  ]),
  key('target.*.*', 'flags', 'takes these answers in place of running the build script', {
    test: isTableLike,
  }),
  key('env.*', 'environment', 'sets it for rustc, build scripts and whatever it runs', { test: isPowerful }),
  key('resolver.lockfile-path', 'lockfile', 'reads and writes this lockfile in place of the usual one'),
  key('registries.*.index', 'registry', 'takes crates of this registry from there'),
  key('registry.index', 'registry', 'takes crates from there in place of crates.io'),
  key('registry.default', 'registry', 'publishes to it, and searches it, where no registry is named'),
  key('registries.*.credential-provider', 'credentials', 'runs it whenever this registry wants a token'),
  key('registry.credential-provider', 'credentials', 'runs it whenever crates.io wants a token'),
  key('registry.global-credential-providers', 'credentials', 'runs them whenever a registry wants a token'),
  key('credential-alias.*', 'credentials', 'runs it where a credential provider of this name is asked for'),
  ...['registries.*.token', 'registries.*.secret-key', 'registry.token', 'registry.secret-key'].map(
    (pattern) =>
      key(pattern, 'credentials', 'sends it as who you are, and everybody who has the repository has it', {
        secret: true,
      }),
  ),
  key('net.git-fetch-with-cli', 'git-client', 'fetches with the git program, and so by its configuration', {
    test: isOn,
  }),
  key('net.ssh.known-hosts', 'network', 'takes these host keys for genuine'),
  key('http.proxy', 'network', 'sends every download through it'),
  key('http.cainfo', 'network', 'trusts the certificates in it, and no others'),
  key('http.proxy-cainfo', 'network', 'trusts the certificates in it for the proxy'),
  key('http.check-revoke', 'network', 'no longer looks whether a certificate was withdrawn', {
    test: (value) => value === false,
  }),
  key('http.ssl-version', 'network', 'takes these TLS versions only, old ones if they are named'),
  key('http.ssl-version.*', 'network', 'takes these TLS versions only, old ones if they are named'),
  key('unstable.*', 'unstable', 'switches on what is not stable yet', { test: isOn }),
  key('alias.*', 'alias', 'runs it where that other command is meant', {
    test: (_, path) => shadowed.has(path[1] ?? ''),
  }),
];

function isTableLike(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Variables that make programs run others, load other code, or find, trust and fetch other files. */
function isPowerful(_value: unknown, path: readonly string[]): boolean {
  return powerful.test((path[1] ?? '').toUpperCase());
}

const powerful = new RegExp(
  `^(?:${[
    'PATH|PATHEXT|COMSPEC|SHELL|HOME|USERPROFILE|TMPDIR|BASH_ENV|ENV|IFS',
    'LD_.*|DYLD_.*|GCONV_PATH|NODE_OPTIONS|PYTHON.*|PERL5.*|RUBYOPT|JAVA_TOOL_OPTIONS|GIT_.*|SSH_.*',
    'RUSTC|RUSTC_.*|RUSTDOC|RUSTDOCFLAGS|RUSTFLAGS|RUSTUP_.*|CARGO|CARGO_.*|__CARGO_.*|CLIPPY_.*|MIRI.*|SCCACHE_.*',
    '(?:(?:HOST|TARGET)_)?(?:CC|CXX|AR|AS|LD|NM|RANLIB|STRIP|CFLAGS|CXXFLAGS|CPPFLAGS|LDFLAGS|ARFLAGS)(?:_.*)?',
    'CMAKE.*|MAKE|MAKEFLAGS|NINJA|PKG_CONFIG.*|CC_.*|LIBCLANG_PATH|BINDGEN_.*|PROTOC.*|.*_LIB_DIR|.*_INCLUDE_DIR',
    '(?:HTTPS?|ALL|NO)_PROXY|CURL_CA_BUNDLE|SSL_CERT_(?:FILE|DIR)|.*_DIR|.*_LINKER|.*_RUNNER|.*_WRAPPER',
  ].join('|')})$`,
);

/** Flags by which rustc or the linker is led to a program, a plugin or another library. */
function namesProgram(value: unknown): boolean {
  const text = Array.isArray(value) ? value.filter((item) => typeof item === 'string').join(' ') : value;
  return typeof text === 'string' && programFlags.test(text);
}

const programFlags =
  /(?:^|\s)(?:(?:-C\s*|--codegen[=\s]\s*)(?:linker\s*=|link-args?\s*=\S*(?:-fuse-ld=|-B|-plugin|--plugin))|-Z\s*codegen-backend|--sysroot|--extern|@)/;

/**
 * Names that an alias can take from another: cargo's own one-letter aliases, and programs of others. A built-in
 * command cannot be taken: cargo ignores such an alias.
 */
const shadowed: ReadonlySet<string> = new Set(
  (
    'b c d t r rm audit auditable binstall bloat clippy criterion crev deny dist expand fmt fuzz geiger hack llvm-cov ' +
    'machete make miri nextest outdated release sbom semver-checks sweep tarpaulin udeps vet xwin zigbuild'
  ).split(' '),
);
