import type { FullPath } from '../full-path.ts';
import type { Act, Table } from './act.ts';
import type { CapabilityKind } from './capability.ts';
import { nativeActs, nativeNames } from './native-acts.ts';

const is = (kind: CapabilityKind, name?: string): Act =>
  name === undefined ? { act: 'is', kind } : { act: 'is', kind, name };
const write = (argument = 0): Act => ({ act: 'write', argument });
const read: Act = { act: 'read', argument: 0 };
const copy: Act = { act: 'copy', link: false };
const link: Act = { act: 'copy', link: true };
const open: Act = { act: 'open' };
const variable: Act = { act: 'variable' };
const program: Act = { act: 'program', argument: 0 };

function under(path: string, names: string, act: Act): Table {
  return Object.fromEntries(names.split(' ').map((name) => [`${path}::${name}`, act]));
}

const standard: Table = {
  'std::process::Command::new': program,
  ...under('std::env', 'var var_os', variable),
  ...under('std::env', 'vars vars_os', is('reads-all-variables')),
  ...under('std::env', 'set_var remove_var', { act: 'set-variable' }),
  'std::env::set_current_dir': { act: 'move' },
  'std::env::home_dir': is('home'),
  'std::env::temp_dir': is('temp'),
  ...under('std::fs', 'write create_dir create_dir_all remove_file remove_dir remove_dir_all', write()),
  ...under('std::fs', 'copy rename', copy),
  // `symlink` is that of other crates' modules of this kind.
  ...under('std::fs', 'hard_link soft_link symlink', link),
  ...under('std::fs', 'read read_to_string read_dir read_link', read),
  ...under('std::fs::File', 'create create_new create_buffered', write()),
  ...under('std::fs::File', 'open open_buffered', read),
  'std::fs::File::options': open,
  'std::fs::OpenOptions::new': open,
  'std::fs::DirBuilder::new': open,
  'std::os::unix::fs::symlink': link,
  ...under('std::os::windows::fs', 'symlink_file symlink_dir', link),
  ...under('std::fs', 'set_permissions Permissions::from_mode', is('makes-executable')),
  'std::os::unix::fs::PermissionsExt': is('makes-executable'),
  ...under('std::net', 'TcpStream TcpListener UdpSocket', is('network')),
  'std::net::ToSocketAddrs': is('network', 'name lookup'),
  ...under('std::os::unix::fs', 'chown fchown lchown', is('makes-executable')),
  ...under('std::os::unix::fs', 'mkfifo', write()),
  'std::os::unix::fs::chroot': is('process', 'chroot'),
  ...under('std::os::unix::net', 'UnixStream UnixListener UnixDatagram', is('network', 'unix socket')),
  ...under('std::thread', 'sleep sleep_ms sleep_until', is('sleeps')),
  ...under('std::time', 'SystemTime::now SystemTime::elapsed', is('clock')),
  ...under('std::mem', 'transmute transmute_copy', { act: 'transmute' }),
  ...under('std::intrinsics', 'transmute', { act: 'transmute' }),
  ...under('std::arch', 'asm global_asm naked_asm', is('assembly')),
};

/** Macros of the standard library, which need no path. */
const macros: Table = {
  ...under('std', 'env option_env', variable),
  ...under('std', 'asm global_asm llvm_asm', is('assembly')),
  'std::include_bytes': { act: 'include', text: false },
  'std::include_str': { act: 'include', text: true },
  'std::include': { act: 'include-code' },
};

/** Modules that a macro may be given by name, to call something of them: what it calls is not seen. */
const modules: Table = {
  'std::process': is('process'),
  'std::net': is('network'),
  'std::fs': is('writes'),
  'std::env': is('reads-variable'),
};

/** Whole crates, by what naming anything of them means. */
const crates: Table = {
  ...each(
    'reqwest ureq curl attohttpc minreq hyper hyper_util isahc surf http_req tungstenite tokio_tungstenite socket2 quinn awc ssh2 russh suppaftp ftp lettre trust_dns_resolver hickory_resolver git2 gix_transport oci_distribution self_update octocrab websocket ehttp download downloader fetch_data zip_download hf_hub',
    (name) => is('network', name),
  ),
  'tokio::net': is('network'),
  'async_std::net': is('network'),
  ...under('smol', 'net Async', is('network')),
  ...under('async_io', 'Async', is('network')),
  ...each(
    'async_net monoio::net glommio::net compio::net compio::quic compio::tls compio::ws tokio_uring::net actix_rt::net may::net ntex::connect',
    () => is('network'),
  ),
  ...each(
    'async_tungstenite async_h1 h2 h3 wreq tokio_curl trillium_client jsonrpsee dns_lookup pnet rumqttc imap',
    (name) => is('network', name),
  ),
  ...each(
    'reqwest_middleware nyquest cyper crates_io_api gloo_net surge_ping pcap ldap3 async_imap teloxide serenity sentry bollard libp2p arti_client web3',
    (name) => is('network', name),
  ),
  ...each('aws_sdk_s3 object_store opendal lapin rdkafka tiberius scylla clickhouse elasticsearch', (name) =>
    is('network', name),
  ),
  ...under('tonic::transport', 'Channel Endpoint', is('network', 'tonic')),
  ...under('tokio_socks::tcp', 'Socks5Stream Socks4Stream', is('network', 'tokio_socks')),
  'fast_socks5::client': is('network', 'fast_socks5'),
  'kube::Client': is('network', 'kube'),
  'mio::net': is('network'),
  ...each('redis postgres tokio_postgres mysql mysql_async mongodb nats async_nats zbus dbus', (name) =>
    is('network', name),
  ),
  ...each('duct xshell cmd_lib subprocess execute run_script cmd_lib_macros', (name) => is('process', name)),
  ...each(
    'portable_pty rexpect expectrl ptyprocess shells runas powershell_script escargot trybuild',
    (name) => is('process', name),
  ),
  'keyring::Entry': is('reads-secret-file', 'keyring'),
  // Interpreters: what they are given is what runs.
  ...each(
    'pyo3::Python inline_python::python rustpython_vm::Interpreter mlua::Lua rlua::Lua hlua::Lua piccolo::Lua rhai::Engine rquickjs::Runtime quick_js::Context boa_engine::Context deno_core::JsRuntime v8::Isolate wasmtime::Engine wasmer::Engine wasmer::Store wasmi::Engine wasm3::Environment extism::Plugin',
    (name) => is('data-as-code', name.replace(/::.*/, '')),
  ),
  ...under(
    'open',
    'that that_detached that_in_background with with_detached commands',
    is('process', 'open'),
  ),
  ...under('opener', 'open open_browser reveal', is('process', 'opener')),
  ...under('webbrowser', 'open open_browser open_browser_with_options', is('process', 'webbrowser')),
  'duct::cmd': program,
  'xshell::cmd': program,
  'subprocess::Exec::cmd': program,
  'subprocess::Exec::shell': is('shell'),
  'duct::sh': is('shell'),
  'run_script::run': is('shell'),
  ...Object.fromEntries(
    'walkdir::WalkDir::new jwalk::WalkDir::new glob::glob glob::glob_with ignore::Walk::new ignore::WalkBuilder::new globwalk::glob'
      .split(' ')
      .map((path) => [path, read]),
  ),
  ...under('fs_extra::file', 'write_all', write()),
  ...under('fs_extra::file', 'remove', write()),
  ...under('fs_extra::file', 'copy copy_with_progress move_file move_file_with_progress', copy),
  ...under('fs_extra::dir', 'create create_all remove', write()),
  ...under('fs_extra::dir', 'copy copy_with_progress move_dir move_dir_with_progress', copy),
  ...under('fs_extra', 'copy_items copy_items_with_progress move_items move_items_with_progress', copy),
  'fs_extra::remove_items': write(),
  ...under('dircpy', 'copy_dir copy_dir_advanced CopyBuilder::new', copy),
  'copy_dir::copy_dir': copy,
  'dir_copy::copy_dir': copy,
  'copy_to_output::copy_to_output': is('writes', 'above OUT_DIR'),
  ...under('remove_dir_all', 'remove_dir_all ensure_empty_dir remove_dir_contents', write()),
  'atomicwrites::AtomicFile::new': write(),
  ...under('atomic_write_file::AtomicWriteFile', 'open options', write()),
  'file::put': write(),
  'file::put_text': write(),
  ...under('symlink', 'symlink_file symlink_dir symlink_auto', link),
  ...under('symlink', 'remove_symlink_file remove_symlink_dir', write()),
  'junction::create': link,
  ...under('zip_extract', 'extract', write(1)),
  'fs_at::OpenOptions': open,
  'cap_std::fs::Dir::open_ambient_dir': write(),
  'include_dir::include_dir': { act: 'include-folder' },
  'syn::parse_str': { act: 'parse' },
  'proc_macro::TokenStream::from_str': { act: 'parse' },
  'proc_macro::tracked_env::var': variable,
  'proc_macro::tracked::env_var': variable,
  'proc_macro2::TokenStream::from_str': { act: 'parse' },
  'std::str::FromStr::from_str': { act: 'parse' },
  ...each('dirs directories home dirs_next dirs_sys etcetera', () => is('home')),
  ...under('gix', 'prepare_clone prepare_clone_bare clone remote', is('network', 'gix')),
  ...each('tempfile tempdir mktemp', () => is('temp')),
  ...under('tempfile', 'tempfile_in tempdir_in', write()),
  ...under('tempfile::TempDir', 'new_in', write()),
  ...under('tempfile::TempDir', 'with_prefix_in with_suffix_in', write(1)),
  ...under('tempfile::NamedTempFile', 'new_in', write()),
  ...under('tempfile::NamedTempFile', 'with_prefix_in with_suffix_in', write(1)),
  'tempdir::TempDir::new_in': write(),
  // Commands that are ready to run, of programs of Visual Studio.
  ...under('cc::windows_registry', 'find find_tool', { act: 'program', argument: 1 }),
  ...under('find_msvc_tools', 'find find_tool', { act: 'program', argument: 1 }),
  ...each('libloading dlopen dlopen2 sharedlib', () => is('loads-library')),
  ...each('ctor dtor', () => is('constructor')),
  ...each('base64 data_encoding base32 base85 hex base64ct base64_simd obfstr litcrypt cryptify', (name) =>
    is('decodes', name),
  ),
  'chrono::Utc::now': is('clock'),
  'chrono::Local::now': is('clock'),
  'time::OffsetDateTime::now_utc': is('clock'),
  'time::OffsetDateTime::now_local': is('clock'),
  'jiff::Timestamp::now': is('clock'),
  'jiff::Zoned::now': is('clock'),
  ...each('cc gcc cmake autotools nasm_rs nasm meson cxx_build openssl_src', (name) =>
    tool('native-build', name),
  ),
  ...each('embed_resource winres winresource windres', (name) => tool('native-build', name)),
  ...each('pkg_config system_deps vcpkg metadeps pq_src find_winsdk', (name) => tool('native-library', name)),
  ...each('bindgen cbindgen', (name) => tool('bindings', name)),
  ...each(
    'autocfg version_check rustc_version rustversion target_build_utils rustc_tools_util rustversion_detect',
    (name) => tool('probes-compiler', name),
  ),
  ...each('target_lexicon platforms', () => is('probes-target')),
  ...each('vergen vergen_git2 vergen_gitcl vergen_gix build_info_build', (name) =>
    tool('compiler-directive', name),
  ),
  ...each(
    'prost_build built shadow_rs tonic_build protobuf_codegen protoc_rust lalrpop peg capnpc flatc_rust gl_generator uniffi uniffi_build tonic_prost_build protox',
    (name) => tool('writes-out-dir', name),
  ),
  ...each('pyo3_build_config napi_build tauri_build', (name) => tool('compiler-directive', name)),
};

function tool(kind: CapabilityKind, name: string): Act {
  return { act: 'tool', kind, name };
}

function each(names: string, act: (name: string) => Act): Table {
  return Object.fromEntries(names.split(' ').map((name) => [name, act(name)]));
}

const acts: ReadonlyMap<string, Act> = new Map(Object.entries({ ...standard, ...nativeActs, ...crates }));

/** The names of crates and of the C library's functions that the table has. */
export const actNames: ReadonlySet<string> = new Set([
  ...nativeNames,
  ...Object.keys(crates).map((path) => path.replace(/::.*/, '')),
]);

/** Other crates' modules that hold what the standard library's hold. */
const mirrors: readonly (readonly [path: readonly string[], as: readonly string[]])[] = [
  [['fs_err'], ['std', 'fs']],
  [
    ['tokio', 'fs'],
    ['std', 'fs'],
  ],
  [
    ['async_std', 'fs'],
    ['std', 'fs'],
  ],
  [
    ['async_std', 'os'],
    ['std', 'os'],
  ],
  [
    ['smol', 'fs'],
    ['std', 'fs'],
  ],
  [['async_fs'], ['std', 'fs']],
  [
    ['fs_err', 'tokio'],
    ['std', 'fs'],
  ],
  [
    ['fs_err', 'os'],
    ['std', 'os'],
  ],
  [
    ['compio', 'fs'],
    ['std', 'fs'],
  ],
  [
    ['compio', 'process'],
    ['std', 'process'],
  ],
  [
    ['tokio', 'process'],
    ['std', 'process'],
  ],
  [['async_process'], ['std', 'process']],
  [
    ['smol', 'process'],
    ['std', 'process'],
  ],
  [
    ['tokio', 'time', 'sleep'],
    ['std', 'thread', 'sleep'],
  ],
  [['std', 'ffi'], ['libc']],
];

/**
 * What a path means where code names it; `undefined` where it means nothing here. `called` says whether it is called as a
 * macro.
 */
export function actOf(path: FullPath, called: boolean): Act | undefined {
  if (!roots.has(path[0] ?? '')) return undefined;
  const meant = meantBy(path);
  if (meant.length === 2 && meant[0] === 'std') return (called ? macros : modules)[meant.join('::')];
  // The name of a crate by itself is a local variable more often.
  for (let length = Math.min(meant.length, 6); length > 0 && meant.length > 1; length--) {
    const act = acts.get(meant.slice(0, length).join('::'));
    if (act !== undefined) return act;
  }
  return undefined;
}

/** Whether a path may lead on to something that means anything here, or stands below what does. */
export function leadsToAct(path: FullPath): boolean {
  if (!roots.has(path[0] ?? '')) return false;
  const meant = meantBy(path);
  return (
    prefixes.has(meant.join('::')) || actOf(path, false) !== undefined || actOf(path, true) !== undefined
  );
}

/** Every path that a row's path begins with. */
const prefixes: ReadonlySet<string> = new Set(
  [
    ...Object.keys({ ...standard, ...macros, ...nativeActs, ...crates }),
    ...mirrors.map(([from]) => from.join('::')),
  ].flatMap((path) => {
    const parts = path.split('::');
    return parts.map((_, i) => parts.slice(0, i + 1).join('::'));
  }),
);

/** The same path where another crate's module holds what a known one does; functions of Windows lie deep in theirs. */
function meantBy(path: FullPath): FullPath {
  if (windows.has(path[0] ?? '')) return ['libc', path.at(-1) ?? ''];
  // `std::prelude::v1::env!`, and of any edition's: names that need no path, by one.
  if (path.length === 4 && path[0] === 'std' && path[1] === 'prelude') return ['std', path[3] ?? ''];
  if (path.length > 4 && path[0] === 'std' && path[1] === 'os' && path[3] === 'prelude')
    return preludeOf(path);
  // `<Command as Same>::Out::new`: what a type names of itself is mostly itself.
  if (path.length > 4 && path[0] === 'std' && /^\p{Lu}/u.test(path[2] ?? ''))
    return [...path.slice(0, 3), path.at(-1) ?? ''];
  const mirror = mirrorsOf.get(path[0] ?? '')?.find(([from]) => from.every((name, i) => path[i] === name));
  return mirror === undefined ? path : [...mirror[1], ...path.slice(mirror[0].length)];
}

/** `std::os::unix::prelude::PermissionsExt`: where what a prelude brings stands by itself. */
function preludeOf(path: FullPath): FullPath {
  const [, , system = '', , name = ''] = path;
  const module = /^(?:Permissions|OpenOptions|File|Metadata|DirEntry|DirBuilder)/.test(name)
    ? 'fs'
    : 'process';
  return ['std', 'os', system, module, ...path.slice(4)];
}

/** By their crates; of several that fit the last one counts. */
const mirrorsOf = Map.groupBy(mirrors.toReversed(), ([from]) => from[0] ?? '');

const windows: ReadonlySet<string> = new Set([
  'windows',
  'windows_sys',
  'winapi',
  'kernel32',
  'shell32',
  'urlmon',
]);

/** What a function of that name does, where it is the C library's. */
export function nativeAct(name: string): Act | undefined {
  return acts.get(`libc::${name}`);
}

/** The crates that any row is about. */
const roots: ReadonlySet<string> = new Set(
  [...acts.keys(), ...mirrors.map(([from]) => from.join('::')), ...windows].map((path) =>
    path.replace(/::.*/, ''),
  ),
);

/** Whether any path of a crate means anything here. */
export function isRoot(crate: string): boolean {
  return roots.has(crate);
}

/** Crates that only compute, or that only shape code: what they can do is what their caller hands them. */
const plain: ReadonlySet<string> = new Set(
  'std proc_macro proc_macro2 quote syn prettyplease walkdir glob globset regex serde serde_json toml toml_edit serde_yaml heck itertools anyhow thiserror semver cfg_aliases cfg_if once_cell lazy_static log env_logger indexmap hashbrown either bitflags convert_case Inflector phf phf_codegen unicode_ident memchr rand sha2 sha1 md5 darling proc_macro_error proc_macro_error2 proc_macro_crate synstructure ahash libc num_traits typed_builder derive_more strum rayon which dunce path_slash fs_extra shlex eyre color_eyre miette time chrono jiff tokio futures'.split(
    ' ',
  ),
);

/** Whether a crate is none that is known here: what it does must be looked up in its own code. */
export function isHelper(crate: string): boolean {
  return !plain.has(crate) && !acts.has(crate) && !mirrorsOf.has(crate);
}
