import { posix } from 'node:path';
import type { Place } from '../sandbox/plan.ts';

/** What is known of the machine that a sealed build runs on. */
export interface OutsideView {
  readonly placeOf: (path: string) => Place;
  /** Folders of the build's own that stand in the place of others: its home, its temporary files. */
  readonly instead: readonly { readonly inside: string; readonly outside: string }[];
  readonly exists: (path: string) => boolean;
}

/** The path on this machine of one that code in the build named; `undefined` where the build has its own there. */
export function outsidePath(path: string, { placeOf, instead }: OutsideView): string | undefined {
  const own = instead.find(({ inside }) => isBelow(path, inside));
  if (own !== undefined) return `${own.outside}${path.slice(own.inside.length)}`;
  const place = placeOf(path);
  return place.kind === 'here' ? place.path : place.kind === 'absent' ? path : undefined;
}

/**
 * Whether a file that was not there for code in the build is one that the sandbox keeps from it: it is there on this machine, or
 * its name is that of a secret. What the C library and tools look for by themselves, wherever they run, is none.
 */
export function isKeptFromSight(path: string, write: boolean, view: OutsideView): boolean {
  if (isOrdinary(path)) return false;
  if (path.startsWith('/proc/'))
    return (
      /^\/proc\/\d+\/(?:root|cwd|environ|mem|maps|fd|exe)\b/.test(path) &&
      view.exists(path.split('/', 3).join('/'))
    );
  if (isBelow(path, '/dev')) return false;
  const outside = outsidePath(path, view);
  if (outside === undefined || !isOpenable(path, view)) return false;
  return isSecret(outside) || view.exists(outside) || (write && view.exists(posix.dirname(outside)));
}

/** Whether a policy could open a path: the build has nothing of this machine's there. */
export function isOpenable(path: string, { placeOf, instead }: OutsideView): boolean {
  if (isOfThisRun(path)) return false;
  return placeOf(path).kind === 'absent' || instead.some(({ inside }) => isBelow(path, inside));
}

/** Whether a path is of processes and descriptors of one run: the next build has others there. */
export function isOfThisRun(path: string): boolean {
  return isBelow(path, '/proc') || isBelow(path, '/dev');
}

/** What tools write or look for wherever they run, which nothing comes of. */
export function isOrdinary(path: string): boolean {
  return ordinary.test(path);
}

const ordinary = new RegExp(
  [
    String.raw`^/etc/(?:nsswitch\.conf|localtime|timezone|host\.conf|hosts|resolv\.conf|gai\.conf|services|protocols|gitconfig|inputrc|locale\b.*|ld\.so\..*|ssl/.*|pki/.*|crypto-policies/.*|mime\.types|machine-id|os-release|lsb-release|debian_version|fstab|mtab|selinux/.*|passwd|group|terminfo/.*|profile.*|bash.*|environment|shells|python3.*|perl/.*|magic|mke2fs\.conf)$`,
    '^/sys/(?:fs/cgroup|devices/system|kernel/mm)(?:/|$)',
    '^/(?:var/)?run/(?:nscd|systemd)/',
    '^/var/lib/(?:sss|dpkg|nss_db)/',
    String.raw`/\.(?:gitconfig|terminfo(?:/.*)?|config/(?:git|pip|cargo)/.*|local/lib/python.*|curlrc|wgetrc|inputrc)$`,
    String.raw`/__pycache__(?:/|$)|\.pyc(?:\.\d+)?$`,
    String.raw`/\.git/(?:index|shallow|packed-refs)\.lock$`,
  ].join('|'),
);

/** Files that hold what opens other doors, by their names. */
function isSecret(path: string): boolean {
  return secrets.test(path);
}

const secrets =
  /\/\.(?:ssh|gnupg|aws|azure|kube|docker|config\/(?:gcloud|gh|op)|password-store|netrc|pgpass|npmrc|pypirc|git-credentials|cargo\/credentials(?:\.toml)?)(?:\/|$)|^\/etc\/(?:g?shadow|sudoers)\b|^\/(?:var\/)?run\/secrets(?:\/|$)|^\/root\/\.\w/;

/** Whether a path inside is a folder, or below it. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
