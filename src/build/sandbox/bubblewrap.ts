import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BuildError } from '../error.ts';
import { bubblewrapWords, type Mount, type SandboxPlan } from './plan.ts';
import { socketFilter } from './socket-filter.ts';

/** bubblewrap on this machine, as it was seen to work. */
export interface Bubblewrap {
  readonly path: string;
  readonly version: string;
  /** Whether programs inside could make user namespaces of their own: versions before 0.8 cannot keep them from it. */
  readonly userNamespaces: boolean;
  /** Whether UNIX sockets are kept from programs by a filter of system calls. */
  readonly filtered: boolean;
}

const instead = 'or build with --no-sandbox, which the provenance then says';

/** Tries it out. Throws `BuildError` where it is not there, or may not do what it must. */
export function findBubblewrap(arch: string = process.arch): Bubblewrap {
  const path = onPath('bwrap');
  const said = path === undefined ? undefined : spawnSync(path, ['--version'], { encoding: 'utf8' });
  if (path === undefined || said?.status !== 0)
    throw new BuildError('build/no-bubblewrap', 'there is no bubblewrap on this machine', {
      next: `Install the package \`bubblewrap\`, ${instead}.`,
    });
  const help = spawnSync(path, ['--help'], { encoding: 'utf8' }).stdout;
  const found = {
    path,
    version: said.stdout.replace(/^bubblewrap\s*/, '').trim(),
    userNamespaces: !help.includes('--disable-userns'),
    filtered: socketFilter(arch) !== undefined,
  };
  const plan = { mounts: systemMounts(), env: {}, folder: '/' };
  const words = bubblewrapWords(plan, ['true'], { ...found, filtered: false });
  const tried = spawnSync(path, words, { encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } });
  if (tried.status === 0) return found;
  const reason = tried.stderr.trim().split('\n')[0] ?? '';
  throw isContainer()
    ? new BuildError('build/no-sandbox', `this container may not make namespaces (${reason})`, {
        next: `Let it (for docker: --security-opt seccomp=unconfined --security-opt systempaths=unconfined), ${instead}.`,
      })
    : new BuildError('build/no-sandbox', `this user may not make user namespaces here (${reason})`, {
        next: `Allow them (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0, user.max_user_namespaces above 0), ${instead}.`,
      });
}

/** The command line that runs a command as planned, and the file that `filterDescriptor` has to be, if any. */
export function inBubblewrap(
  bubblewrap: Bubblewrap,
  plan: SandboxPlan,
  command: readonly string[],
  folder: string,
): { readonly words: readonly string[]; readonly filter: string | undefined } {
  const bytes = bubblewrap.filtered ? socketFilter(process.arch) : undefined;
  const filter = bytes === undefined ? undefined : join(folder, 'filter');
  if (filter !== undefined && bytes !== undefined) writeFileSync(filter, bytes);
  return { words: [bubblewrap.path, ...bubblewrapWords(plan, command, bubblewrap)], filter };
}

/**
 * The command line that runs one beside a relay, in a network of their own: whatever connects to the relay's port on
 * loopback is handed to `socket`. The relay sees this machine, and nothing inside of the build sees it.
 */
export function besideRelay(
  { path }: Bubblewrap,
  { socket, port }: RelayPlace,
  command: readonly string[],
): readonly string[] {
  // A checkout runs the .ts file; the published package has the .js that was made of it.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const relay = fileURLToPath(new URL(`../egress/relay.${extension}`, import.meta.url));
  const own = ['--unshare-user', '--unshare-net', '--die-with-parent', '--dev-bind', '/', '/'];
  return [path, ...own, '--', process.execPath, relay, socket, String(port), ...command];
}

/** Where a relay leads to, and the port that it has on loopback. */
export interface RelayPlace {
  readonly socket: string;
  readonly port: number;
}

/** Programs and libraries of the system, read-only, and what of its settings the loader and compilers need. */
export function systemMounts(): readonly Mount[] {
  const folders = [
    '/usr',
    '/bin',
    '/sbin',
    '/lib',
    '/lib32',
    '/lib64',
    '/libx32',
    '/nix/store',
    '/gnu/store',
  ];
  const settings = ['/etc/alternatives', '/etc/ld.so.cache', '/etc/ld.so.conf', '/etc/ld.so.conf.d'];
  return [...folders, ...settings].filter(existsSync).map((path): Mount => {
    // Where `/usr` is merged, `/bin` is a link into it.
    if (lstatSync(path).isSymbolicLink()) return { kind: 'link', to: readlinkSync(path), at: path };
    return { kind: 'read', from: path, at: path };
  });
}

function onPath(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((place) => join(place, name))
    .find((path) => isAbsolute(path) && statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}

function isContainer(): boolean {
  return existsSync('/.dockerenv') || existsSync('/run/.containerenv') || process.env.container !== undefined;
}
