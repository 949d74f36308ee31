/** Functions of the C library, of the kernel and of Windows, and of the crates that name them in Rust's way. */
import type { Act, Table } from './act.ts';

const is = (kind: Extract<Act, { act: 'is' }>['kind'], name?: string): Act =>
  name === undefined ? { act: 'is', kind } : { act: 'is', kind, name };
const program: Act = { act: 'program', argument: 0 };
const network = is('network');
const asCode = is('data-as-code');
const executable = is('makes-executable');

function under(path: string, names: string, act: Act): Table {
  return Object.fromEntries(names.split(' ').map((name) => [`${path}::${name}`, act]));
}

/** Names that are rare enough to be looked for by themselves. */
const rare: Table = {
  ...under(
    'libc',
    'system popen execl execlp execle execv execvp execve execvpe execveat fexecve posix_spawn posix_spawnp wordexp',
    program,
  ),
  ...under('libc', 'CreateProcessA CreateProcessW ShellExecuteA ShellExecuteW WinExec', program),
  ...under(
    'libc',
    'fork vfork forkpty clone3 unshare setns ptrace CreateProcessAsUserW CreateProcessWithLogonW ShellExecuteExA ShellExecuteExW NtCreateUserProcess process_vm_readv',
    is('process'),
  ),
  ...under(
    'libc',
    'socket connect getaddrinfo gethostbyname gethostbyname2 gethostbyname_r getnameinfo sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg res_query res_search res_send res_nquery res_nsearch dn_expand accept4 socketpair',
    network,
  ),
  ...under(
    'libc',
    'WSASocketW WSASocketA WSAConnect WSASend WSASendTo WSAStartup GetAddrInfoW GetAddrInfoExW DnsQuery_A DnsQuery_W InternetOpenA InternetOpenW InternetOpenUrlA InternetOpenUrlW WinHttpOpen WinHttpConnect HttpOpenRequestA HttpOpenRequestW URLDownloadToFileA URLDownloadToFileW',
    network,
  ),
  ...under(
    'libc',
    'dlopen dlmopen dlsym LoadLibraryA LoadLibraryW LoadLibraryExA LoadLibraryExW GetProcAddress',
    is('loads-library'),
  ),
  ...under(
    'libc',
    'mprotect pkey_mprotect memfd_create memfd_secret process_vm_writev VirtualProtect VirtualProtectEx VirtualAllocEx CreateRemoteThread WriteProcessMemory NtMapViewOfSection QueueUserAPC',
    asCode,
  ),
  ...under('libc', 'chmod fchmod fchmodat lchmod chown fchown lchown fchownat setxattr', executable),
  'libc::syscall': { act: 'syscall' },
  ...under(
    'libc',
    'io_uring_setup io_uring_enter io_uring_register io_uring_queue_init',
    is('foreign-code', 'io_uring'),
  ),
  ...under('libc', 'getspnam getspnam_r', is('reads-secret-file', 'shadow')),
  ...under(
    'libc',
    'CredReadW CredReadA CredEnumerateW CryptUnprotectData SecKeychainFindGenericPassword SecItemCopyMatching',
    is('reads-secret-file', 'keyring'),
  ),
  ...under('libc', 'RegSetValueExW RegSetValueExA RegSetKeyValueW RegCreateKeyExW', is('writes', 'registry')),
  'libc::getenv': { act: 'variable' },
  'libc::secure_getenv': { act: 'variable' },
  'libc::environ': is('reads-all-variables'),
  ...under('libc', 'puts printf fputs fputs_unlocked', { act: 'print', argument: 0 }),
  ...under('libc', 'dprintf', { act: 'print', argument: 1 }),
  ...under('libc', 'setenv putenv unsetenv clearenv', { act: 'set-variable' }),
  ...under(
    'libc',
    'creat creat64 mkfifo mknod mknodat mkdirat unlinkat symlinkat renameat renameat2 linkat openat openat64 openat2 open64 fopen freopen fopen64',
    {
      act: 'native-file',
    },
  ),
};

/** Names that much else has, too: they count where their crate is named. */
const common: Table = {
  ...under('libc', 'open rename link symlink unlink rmdir mkdir truncate remove', { act: 'native-file' }),
  ...under('libc', 'send bind listen accept recv shutdown', network),
  ...under('libc', 'write', { act: 'print', argument: 1 }),
  ...under('libc', 'clone daemon', is('process')),
  ...under('libc', 'mmap mmap64 VirtualAlloc', { act: 'map' }),
  ...under('libc', 'mount umount pivot_root chroot', is('process', 'mount')),
  ...under(
    'libc',
    'CreateFileA CreateFileW CopyFileW CopyFileA MoveFileExW MoveFileW DeleteFileW WriteFile',
    {
      act: 'native-file',
    },
  ),
};

/** The C library's by way of nix and rustix. */
const wrapped: Table = {
  ...under('nix::unistd', 'execv execve execvp execvpe fexecve execveat', program),
  ...under('nix::spawn', 'posix_spawn posix_spawnp', program),
  ...under('nix::unistd', 'fork vfork daemon', is('process')),
  'nix::pty::forkpty': is('process'),
  ...under('nix::sys::uio', 'process_vm_readv process_vm_writev', is('process')),
  'nix::unistd::write': { act: 'print', argument: 1 },
  'rustix::io::write': { act: 'print', argument: 1 },
  ...under('nix::sched', 'clone unshare setns', is('process')),
  'nix::sys::ptrace': is('process', 'ptrace'),
  'nix::sys::socket': network,
  'nix::sys::memfd': asCode,
  'nix::sys::mman::mprotect': asCode,
  ...under('nix::sys::mman', 'mmap mmap_anonymous', { act: 'map' }),
  ...under('nix::fcntl', 'open openat openat2 renameat renameat2', { act: 'native-file' }),
  ...under('nix::unistd', 'mkdir mkdirat mkfifo unlink unlinkat linkat symlinkat truncate', {
    act: 'native-file',
  }),
  ...under('nix::sys::stat', 'mknod mkdirat', { act: 'native-file' }),
  ...under('nix::sys::stat', 'fchmod fchmodat', executable),
  ...under('nix::unistd', 'chown fchown fchownat', executable),
  ...under('nix::mount', 'mount umount', is('process', 'mount')),
  ...under('nix::dir::Dir', 'open openat', { act: 'native-file' }),
  ...under('nix::env', 'clearenv', { act: 'set-variable' }),
  ...under('rustix::runtime', 'execve execveat', program),
  ...under('rustix::runtime', 'fork kernel_fork clone', is('process')),
  ...under('rustix::thread', 'unshare unshare_unsafe set_namespace move_into_link_name_space', is('process')),
  'rustix::net': network,
  ...under(
    'rustix::fs',
    'open openat openat2 mkdir mkdirat mknodat unlink unlinkat rename renameat renameat_with link linkat symlink symlinkat rmdir truncate',
    {
      act: 'native-file',
    },
  ),
  ...under('rustix::fs', 'chmod chmodat fchmod chown chownat fchown', executable),
  'rustix::fs::memfd_create': asCode,
  ...under('rustix::mm', 'mprotect', asCode),
  ...under('rustix::mm', 'mmap mmap_anonymous', { act: 'map' }),
  'rustix::io_uring': is('foreign-code', 'io_uring'),
  'io_uring::IoUring': is('foreign-code', 'io_uring'),
  ...under('memmap2::MmapOptions', 'map_exec', asCode),
  ...under('memfd::MemfdOptions', 'new default', asCode),
  'region::protect': asCode,
  'region::alloc': asCode,
  ...Object.fromEntries(
    'syscalls sc linux_syscall'.split(' ').map((name) => [name, is('foreign-code', 'syscall')]),
  ),
};

export const nativeActs: Table = { ...rare, ...common, ...wrapped };

/** What whoever reads for words alone looks for. */
export const nativeNames: readonly string[] = [
  'libc',
  ...Object.keys(rare).map((path) => path.replace('libc::', '')),
  ...Object.keys(wrapped).map((path) => path.replace(/::.*/, '')),
];

/** Words among the arguments of a call that say that a file is written. */
export const writingFlags: ReadonlySet<string> = new Set(
  'O_WRONLY O_RDWR O_CREAT O_TRUNC O_APPEND O_TMPFILE WRONLY RDWR CREATE CREAT TRUNC APPEND TMPFILE GENERIC_WRITE'.split(
    ' ',
  ),
);
/** Words by which memory is mapped so that it can run. */
export const runningFlags: ReadonlySet<string> = new Set(
  'PROT_EXEC EXEC PAGE_EXECUTE PAGE_EXECUTE_READ PAGE_EXECUTE_READWRITE MAP_EXECUTABLE'.split(' '),
);
/** Functions that only open: what else a call says tells whether they write. */
export const opening = /^(?:open(?:at)?2?(?:64)?|fopen(?:64)?|freopen|CreateFile[AW])$/;
/** Functions whose path, or whose new one, is no first argument. */
export const pathArgument: ReadonlyMap<string, number> = new Map([
  ...'openat openat64 openat2 mkdirat mknodat unlinkat fchmodat'.split(' ').map((name) => [name, 1] as const),
  ...'rename link symlink MoveFileW MoveFileExW CopyFileA CopyFileW'
    .split(' ')
    .map((name) => [name, 1] as const),
  ['symlinkat', 2],
  ...'renameat renameat2 renameat_with linkat'.split(' ').map((name) => [name, 3] as const),
]);
