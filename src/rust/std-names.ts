/**
 * What the modules of the standard library hold that a glob can bring, as far as anything here asks for it (std 1.95).
 * `core` and `alloc` are read as `std`.
 */
const holdings: Readonly<Record<string, string>> = {
  std: 'alloc arch any array ascii borrow boxed cell char clone cmp collections convert env error ffi fmt fs future hash hint io iter marker mem net num ops option os panic path pin prelude primitive process ptr rc result simd slice str string sync task thread time vec',
  'std::arch': 'asm global_asm naked_asm',
  'std::env':
    'args args_os consts current_dir current_exe home_dir join_paths remove_var set_current_dir set_var split_paths temp_dir var var_os vars vars_os',
  'std::fs':
    'DirBuilder DirEntry File FileTimes FileType Metadata OpenOptions Permissions canonicalize copy create_dir create_dir_all exists hard_link metadata read read_dir read_link read_to_string remove_dir remove_dir_all remove_file rename set_permissions soft_link symlink_metadata write',
  'std::mem': 'transmute transmute_copy',
  'std::net':
    'Ipv4Addr Ipv6Addr IpAddr SocketAddr SocketAddrV4 SocketAddrV6 TcpListener TcpStream ToSocketAddrs UdpSocket Shutdown',
  'std::os': 'unix windows linux raw fd wasi',
  'std::os::unix': 'ffi fs io net process thread prelude',
  'std::os::unix::fs':
    'DirBuilderExt FileExt MetadataExt OpenOptionsExt PermissionsExt chown chroot fchown lchown mkfifo symlink',
  'std::os::unix::net': 'UnixDatagram UnixListener UnixStream SocketAddr',
  'std::os::unix::prelude': 'CommandExt OpenOptionsExt PermissionsExt OsStrExt OsStringExt',
  'std::os::unix::process': 'CommandExt ExitStatusExt parent_id',
  'std::os::windows': 'ffi fs io process prelude',
  'std::os::windows::process': 'CommandExt ChildExt ExitStatusExt',
  'std::os::windows::fs': 'symlink_dir symlink_file OpenOptionsExt MetadataExt',
  'std::process':
    'Child ChildStderr ChildStdin ChildStdout Command ExitCode ExitStatus Output Stdio Termination abort exit id',
  'std::thread': 'sleep sleep_ms sleep_until spawn scope park park_timeout',
  'std::time': 'Duration Instant SystemTime UNIX_EPOCH',
};

const held: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(holdings).map(([module, names]) => [module, new Set(names.split(' '))]),
);

/** Whether a glob on that module of the standard library brings that name; `undefined` for a module that is not listed. */
export function stdHolds(module: string, name: string): boolean | undefined {
  return held.get(module)?.has(name);
}
