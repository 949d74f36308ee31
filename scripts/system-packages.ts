/** What the tests need of the machine, beside Node and its packages. */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';

/** A tool, how to see that it is there, and the Debian package that brings it. */
const needed = [
  {
    package: 'postgresql',
    there: () => globSync('/usr/lib/postgresql/*/bin/postgres').length > 0 || onPath('postgres'),
  },
  { package: 'openssl', there: () => onPath('openssl') },
  { package: 'curl', there: () => onPath('curl') },
  { package: 'git', there: () => onPath('git') },
  { package: 'gcc', there: () => onPath('cc') || onPath('gcc') },
  { package: 'pkg-config', there: () => onPath('pkg-config') },
  { package: 'strace', there: () => onPath('strace') },
  { package: 'bubblewrap', there: () => onPath('bwrap') },
  { package: 'chromium', there: () => onPath('chromium') },
  { package: 'libxml2-utils', there: () => onPath('xmllint') },
  { package: 'libssl-dev', there: () => existsSync('/usr/include/openssl/ssl.h') },
] as const;

/** Installs what is missing where that is possible (Debian, as root), and says what it does; else says what to install. */
export function ensureSystemPackages(): void {
  const missing = needed.filter(({ there }) => !there()).map((tool) => tool.package);
  if (missing.length > 0) {
    if (process.getuid?.() === 0 && onPath('apt-get')) {
      console.log(`installing ${missing.join(', ')}`);
      apt(['update', '-qq']);
      apt(['install', '-y', '-qq', '--no-install-recommends', ...missing]);
    } else {
      console.log(
        `note: missing on this machine: ${missing.join(', ')}; the tests that need them will say so`,
      );
    }
  }
  if (!onPath('cargo')) {
    console.error(
      'cargo is missing: the end-to-end tests are with real cargo. Install Rust 1.85 or newer, then run this again.',
    );
    process.exit(70);
  }
}

function apt(args: readonly string[]): void {
  const { status } = spawnSync('apt-get', args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) console.log(`note: apt-get ${args[0]} failed`);
}

function onPath(tool: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${tool}`], { stdio: 'ignore' }).status === 0;
}
