/** What a program is let see and do, free of the tool that holds it to that. Paths are absolute. */
export interface SandboxPlan {
  /** In this order: a later one covers what an earlier one has there. */
  readonly mounts: readonly Mount[];
  /** All variables that it has. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it begins. */
  readonly folder: string;
  /** Its host's name; absent: `build`. */
  readonly hostname?: string;
  /** Who it is, by number; absent: 1000. Root outside is nobody special here. */
  readonly user?: number;
  /** Whether it has the network of who starts it, which then has to be one with a relay alone; else it has none. */
  readonly network?: 'none' | 'relay';
}

/** `at` is the path inside. */
export type Mount =
  | { readonly kind: 'read'; readonly from: string; readonly at: string }
  | { readonly kind: 'write'; readonly from: string; readonly at: string }
  /** An empty folder in memory, which covers what is there. */
  | { readonly kind: 'empty'; readonly at: string }
  | { readonly kind: 'link'; readonly to: string; readonly at: string };

/** Where a path inside lies outside; `covered` is what the sandbox has there of its own, `absent` what it has not. */
export type Place =
  | { readonly kind: 'here'; readonly path: string }
  | { readonly kind: 'covered' }
  | { readonly kind: 'absent' };

/** Looks a path up among the mounts: the last that is over it counts. */
export function placeOf(mounts: readonly Mount[], path: string): Place {
  const mount = mounts.findLast(({ at }) => path === at || path.startsWith(`${at}/`));
  if (mount === undefined) return { kind: 'absent' };
  if (mount.kind !== 'read' && mount.kind !== 'write') return { kind: 'covered' };
  return { kind: 'here', path: `${mount.from}${path.slice(mount.at.length)}` };
}

/** The descriptor that bubblewrap reads a filter of system calls from. */
export const filterDescriptor = 3;

/**
 * What bubblewrap (0.6 or later) is told for a plan: process, IPC, host-name, cgroup, user and network namespaces and a
 * session of its own, no capability, `/proc` and `/dev` of its own, nothing of the outside but the mounts, and no
 * process that outlives it. bubblewrap ends the namespace's first process with itself only where both `--unshare-pid`
 * and `--die-with-parent` are there.
 */
export function bubblewrapWords(
  { mounts, env, folder, hostname = 'build', user = 1000, network = 'none' }: SandboxPlan,
  command: readonly string[],
  { filtered, userNamespaces }: { readonly filtered: boolean; readonly userNamespaces: boolean },
): readonly string[] {
  return [
    ...sealed,
    '--uid',
    String(user),
    '--gid',
    String(user),
    '--hostname',
    hostname,
    ...(network === 'none' ? ['--unshare-net'] : []),
    ...(userNamespaces ? [] : ['--disable-userns']),
    ...(filtered ? ['--seccomp', String(filterDescriptor)] : []),
    ...mounts.flatMap(mountWords),
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    // The root itself is a folder in memory: nothing is made in it any more.
    '--remount-ro',
    '/',
    '--clearenv',
    ...Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]),
    '--chdir',
    folder,
    '--',
    ...command,
  ];
}

const sealed = [
  '--unshare-user',
  '--unshare-pid',
  '--unshare-ipc',
  '--unshare-uts',
  '--unshare-cgroup-try',
  '--cap-drop',
  'ALL',
  '--new-session',
  '--die-with-parent',
] as const;

function mountWords(mount: Mount): readonly string[] {
  switch (mount.kind) {
    case 'read':
      return ['--ro-bind', mount.from, mount.at];
    case 'write':
      return ['--bind', mount.from, mount.at];
    case 'empty':
      return ['--tmpfs', mount.at];
    case 'link':
      return ['--symlink', mount.to, mount.at];
  }
}
