/** Projects for `safeguard build`, each in a folder beside its home, and whether this machine can seal one off. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { folder, type Ran, run, safeguard } from '../cli/support.ts';
import type { OrdinaryUser } from './ordinary-user.ts';

const tried = spawnSync('bwrap', ['--unshare-user', '--unshare-net', '--ro-bind', '/', '/', 'true']);

/** The `skip` of a test that needs a sandbox. */
export const unsealed = tried.status === 0 ? false : 'there is no bubblewrap here that may keep programs in';

export const triple = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-unknown-linux-gnu`;

export interface SealedProject {
  readonly dir: string;
  readonly home: string;
  /** `safeguard build` with these options, and `cargo build --release` with the words behind. */
  readonly build: (options?: readonly string[], words?: readonly string[], env?: Env) => Promise<Ran>;
  /** The same cargo without Safeguard. */
  readonly plain: () => Promise<Ran>;
  /** Where results are. */
  readonly output: string;
}

type Env = Readonly<Record<string, string>>;

/** `by` is who builds it; absent: whoever runs the tests. */
export function sealedProject(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  by?: OrdinaryUser,
): SealedProject {
  const root = folder(
    t,
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`project/${path}`, text])),
  );
  const [dir, home] = [join(root, 'project'), join(root, 'home')];
  mkdirSync(home);
  const own = { HOME: home, CARGO_HOME: join(root, 'cargo-home'), SOURCE_DATE_EPOCH: '1780000000' };
  return {
    dir,
    home,
    output: join(dir, 'safeguard-out', triple),
    build: (options = [], words = [], env = {}) => {
      by?.give(root);
      const all = ['build', '--offline', ...options, '--', 'cargo', 'build', '--release', ...words];
      return (by?.safeguard ?? safeguard)(all, { cwd: dir, env: { ...own, ...env } });
    },
    plain: () => run('cargo', ['build', '--release', '--offline', '--quiet'], { cwd: dir, env: own }),
  };
}

export const manifest = (name: string, more = '') =>
  `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n${more}\n`;

/** A lockfile of packages without a source; each with what it needs. */
export function lockfileOf(packages: Readonly<Record<string, readonly string[]>>): string {
  const entries = Object.entries(packages).map(([name, needs]) => {
    const list =
      needs.length === 0 ? '' : `dependencies = [\n${needs.map((one) => ` "${one}",\n`).join('')}]\n`;
    return `[[package]]\nname = "${name}"\nversion = "0.1.0"\n${list}`;
  });
  return `version = 4\n\n${entries.join('\n')}`;
}
