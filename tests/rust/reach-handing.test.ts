/** Variables, flags and programs by which others run or load something, and files and variables that hold secrets. */
import { describe, it } from 'node:test';
import { assertReach, type Reach } from './reach.ts';

const both = ['script', 'library'] as const;
const redirects = ['redirects-tools *'];
const silent = { says: [], never: redirects } as const;

const linked = (flag: string, more: Partial<Reach> = {}): Reach => ({
  how: flag,
  body: `println!("cargo:rustc-link-arg=${flag}");`,
  says: redirects,
  roles: ['script'],
  ...more,
});
const compiled = (flag: string, more: Partial<Reach> = {}): Reach => ({
  how: flag,
  body: `cc::Build::new().flag("${flag}").file("x.c").compile("x");`,
  says: redirects,
  roles: both,
  ...more,
});
/** GNU ld, "Options"; GCC, "Preprocessor Options"; ld64(1). */
const flags: readonly Reach[] = [
  linked('-Wl,--audit=/tmp/x.so'),
  linked('-Wl,--depaudit,/tmp/x.so'),
  linked('-Wl,-lto_library,/tmp/x.dylib'),
  linked('-ld-path=/tmp/ld'),
  linked('-Wl,-Map=/home/u/.bashrc'),
  linked('-Wl,-Map,../../x'),
  linked('-Wl,--dependency-file=/home/u/.bashrc'),
  linked('-Wl,--out-implib=/etc/x'),
  linked('-Wl,-Map=target/x.map', silent),
  linked('-Wl,-Map={}/x.map', silent),
  compiled('-MF/home/u/.bashrc'),
  compiled('-Wp,-MD,/home/u/.bashrc'),
  compiled('-save-temps=/home'),
  compiled('-MFx.d', silent),
];

const inRustc = (name: string): Reach => ({
  how: `${name} for rustc`,
  body: `println!("cargo:rustc-env=${name}=/tmp/x");`,
  says: [`redirects-tools ${name}=/tmp/x`],
  roles: ['script'],
});
const given = (name: string, value: string, more: Partial<Reach> = {}): Reach => ({
  how: `${name}=${value}`,
  body: `std::process::Command::new("make").env("${name}", "${value}").status();`,
  says: redirects,
  roles: both,
  ...more,
});
const set = (name: string, value: string, more: Partial<Reach> = {}): Reach => ({
  how: `${name}=${value} for all that follows`,
  body: `unsafe { std::env::set_var("${name}", "${value}") }; cc::Build::new().file("x.c").compile("x");`,
  says: redirects,
  roles: both,
  ...more,
});
const variables: readonly Reach[] = [
  ...['RUST_TARGET_PATH', 'LIBRARY_PATH', 'DEVELOPER_DIR', 'LINK', '_LINK_', 'CCC_OVERRIDE_OPTIONS'].map(
    inRustc,
  ),
  ...[
    ...['CONFIG_SITE', 'MAKEFILES', 'GIT_CONFIG_COUNT', 'GIT_CONFIG_VALUE_0', 'GIT_TEMPLATE_DIR', 'LUA_INIT'],
    ...['OPENSSL_CONF', 'OPENSSL_ENGINES', 'DOTNET_STARTUP_HOOKS', 'JDK_JAVA_OPTIONS', 'CCACHE_PREFIX'],
    ...['CARGO_ALIAS_BUILD', 'PERLLIB', 'GIT_EDITOR', 'VIMINIT'],
  ].map((name) => given(name, './x')),
  given('GIT_CONFIG_GLOBAL', '/dev/null', silent),
  given('CARGO_HOME', './home'),
  given('CARGO_HOME', '/opt/cargo', silent),
  given('MAKEFLAGS', '--eval=$(shell ./x)'),
  given('MAKEFLAGS', '-j4', silent),
  given('GOFLAGS', '-toolexec=./x'),
  given('GOFLAGS', '-mod=vendor', silent),
  given('CFLAGS', '-O2 -fplugin=./x.so'),
  given('LDFLAGS', '-fuse-ld=./x'),
  given('CFLAGS', '-O2 -fPIC', silent),
  set('CXXFLAGS_x86_64_unknown_linux_gnu', '-B./x'),
  set('BINDGEN_EXTRA_CLANG_ARGS', '-fplugin=./x.so'),
  set('BINDGEN_EXTRA_CLANG_ARGS', '--sysroot=/x', silent),
];

const run = (
  program: string,
  args: readonly string[],
  says: readonly string[],
  never: readonly string[] = [],
): Reach => ({
  how: `${program} ${args.join(' ')}`,
  body: `std::process::Command::new("${program}").args([${args.map((arg) => `"${arg}"`).join(', ')}]).status();`,
  says,
  never,
  roles: both,
});
const programs: readonly Reach[] = [
  run('env', ['A=b', 'curl', 'x'], ['process env', 'downloader curl']),
  run('xargs', ['-n1', 'curl'], ['downloader curl']),
  run('timeout', ['10s', 'bash', 'x'], ['shell bash']),
  run('find', ['.', '-exec', 'sh', '{}', ';'], ['shell sh']),
  run('find', ['.', '-name', 'curl'], ['process find'], ['downloader *']),
  run('make', ['CC=./x'], ['redirects-tools CC=./x']),
  run('./configure', ['HOST_CC=../x'], ['redirects-tools HOST_CC=../x']),
  run('make', ['CC=clang'], [], redirects),
  run('openssl', ['s_client', '-connect', 'x.invalid:443'], ['downloader openssl']),
  run('openssl', ['dgst', 'x'], ['process openssl'], ['downloader *']),
  run('getent', ['hosts', 'x.invalid'], ['downloader getent']),
];

const secretVariables = [
  ...['KUBECONFIG', 'PGPASSFILE', 'MYSQL_PWD', 'SSHPASS', 'SLACK_WEBHOOK_URL', 'NETRC', 'GNUPGHOME'],
  ...['DOCKER_AUTH_CONFIG', 'DOCKER_CONFIG', 'BW_SESSION', 'OP_SESSION_my', 'CI_JOB_JWT', 'SEED_PHRASE'],
  ...['AZURE_STORAGE_CONNECTION_STRING', 'SESSION_COOKIE', 'REGISTRY_AUTH', 'REGISTRY_AUTH_FILE'],
];
const plainVariables = ['AUTHOR', 'CARGO_FEATURE_AUTH', 'AUTH_BACKEND', 'NETRC_SUPPORT', 'COOKIECUTTER'];
const secretFiles = [
  ...['.config/gcloud/credentials.db', '.azure/accessTokens.json', '.config/solana/id.json', '.s3cfg'],
  ...['.ethereum/keystore', '.claude.json', '.codex/auth.json', '.gemini/oauth_creds.json', '.boto'],
  ...['.config/rclone/rclone.conf', '.config/sops/age/keys.txt', '.m2/settings.xml', '.psql_history'],
  ...['.gradle/gradle.properties', '.terraform.d/credentials.tfrc.json', 'profile/key4.db', '.yarnrc.yml'],
  ...['.config/github-copilot/hosts.json', 'Exodus/exodus.wallet', '.electrum/wallets', 'x/logins.json'],
];
const secrets: readonly Reach[] = [
  ...secretVariables.map((name) => ({
    how: name,
    body: `let _ = std::env::var("${name}");`,
    says: [`reads-secret ${name}`],
  })),
  ...plainVariables.map((name) => ({
    how: name,
    body: `let _ = std::env::var("${name}");`,
    says: [],
    never: ['reads-secret *'],
  })),
  ...secretFiles.map((path) => ({
    how: path,
    body: `let _ = std::fs::read(std::path::PathBuf::from(std::env::var("HOME").unwrap()).join("${path}"));`,
    says: ['reads-secret-file *'],
  })),
  {
    how: 'a file that is named part by part',
    body: 'let _ = std::fs::read(std::env::home_dir().unwrap().join(".docker").join("config.json"));',
    says: ['reads-secret-file .docker/config.json'],
  },
  {
    how: 'where a cluster mounts secrets',
    body: 'let _ = std::fs::read("/var/run/secrets/kubernetes.io/serviceaccount/token");',
    says: ['reads-secret-file *'],
  },
  {
    how: 'a file of the package that is called alike',
    body: 'let _ = std::fs::read("gradle.properties"); let _ = std::fs::read("src/age.rs");',
    says: [],
    never: ['reads-secret-file *'],
  },
];

describe('what is handed on', () => {
  for (const [what, all] of [
    ['flags', flags],
    ['variables', variables],
    ['programs', programs],
    ['secrets', secrets],
  ] as const)
    for (const reach of all)
      for (const role of reach.roles ?? ['script', 'macro', 'library'])
        it(`is named: ${what}, ${reach.how}, in a ${role}`, () => assertReach(reach, role));
});
