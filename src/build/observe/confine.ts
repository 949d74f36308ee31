import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { socketFilter } from '../sandbox/socket-filter.ts';
import { quoted } from '../sh.ts';
import { ObserveError } from './error.ts';

/** A command line, and variables that it needs beside those that are there. */
export interface PreparedCommand {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * A command line of cargo with which each build script is kept in by bubblewrap: it sees the machine as it is, but may
 * write only to its OUT_DIR, to a folder for temporary files and to `writable`, has no network, sees no other process,
 * and can make no UNIX socket that leads out. What it tells cargo that would load something into the compiler is left
 * out. What a script may not do fails as on a read-only disk. Cargo runs scripts that way since 1.85 (`host.runner`,
 * unstable, hence RUSTC_BOOTSTRAP, which scripts do not see). Throws `ObserveError` where it is no cargo, or the
 * machine has no bubblewrap that works.
 */
export function confined(
  command: readonly string[],
  folder: string,
  writable: readonly string[],
): PreparedCommand {
  const [cargo = '', ...rest] = command;
  if (basename(cargo) !== 'cargo')
    throw new ObserveError(
      'observe/not-cargo',
      `build scripts are kept in by cargo, and this runs ${cargo}`,
      {
        next: 'Name cargo itself: safeguard observe --confine -- cargo build',
      },
    );
  tryBubblewrap();
  const temporary = join(folder, 'temporary');
  const denied = join(folder, 'denied');
  mkdirSync(temporary);
  mkdirSync(denied);
  const runner = join(folder, 'runner');
  const filter = join(folder, 'filter');
  const bytes = socketFilter(process.arch);
  if (bytes !== undefined) writeFileSync(filter, bytes);
  const open = [temporary, ...writable].map((path) => `--bind ${quoted(path)} ${quoted(path)}`).join(' ');
  const seccomp = bytes === undefined ? '' : '--seccomp 9';
  const told = `${quoted(denied)}/$$`;
  const text = `#!/bin/sh
unset RUSTC_BOOTSTRAP
# What is no build script is the project's own.
[ -n "$OUT_DIR" ] || exec "$@"
${bytes === undefined ? '' : `exec 9<${quoted(filter)}`}
bwrap --ro-bind / / --dev /dev --proc /proc ${open} --bind "$OUT_DIR" "$OUT_DIR" --setenv TMPDIR ${quoted(temporary)} \\
  --unshare-net --unshare-ipc --unshare-pid --unshare-uts --new-session --die-with-parent ${seccomp} -- "$@" > ${told}.said
code=$?
printf '%s\\0' "$OUT_DIR" > ${told}.lines
grep -aE '${loaderDirective}' ${told}.said >> ${told}.lines
grep -avE '${loaderDirective}' ${told}.said
rm -f ${told}.said
exit $code
`.replaceAll('\\\\', '\\');
  writeFileSync(runner, text, { mode: 0o700 });
  const toolchain = rest[0]?.startsWith('+') === true ? rest.slice(0, 1) : [];
  const flags = [
    '-Zhost-config',
    '-Ztarget-applies-to-host',
    '--config',
    `host.runner=${JSON.stringify(runner)}`,
  ];
  return {
    command: [cargo, ...toolchain, ...flags, ...rest.slice(toolchain.length)],
    env: { RUSTC_BOOTSTRAP: '1' },
  };
}

/** Directives that have the compiler, or what it runs, load or run something of the script's. */
const loaderDirective =
  '^[[:space:]]*cargo::?rustc-env=(LD_[A-Z_]*|DYLD_[A-Z_]*|RUSTC[A-Z_]*|RUSTDOC[A-Z_]*|RUSTFLAGS|CARGO_ENCODED_RUSTFLAGS|PATH|GCC_EXEC_PREFIX|COMPILER_PATH)=';

/** What scripts told cargo and was kept from it, with the OUT_DIR of who did. */
export function deniedIn(folder: string): readonly { readonly outDir: string; readonly what: string }[] {
  const denied = join(folder, 'denied');
  return readdirSync(denied)
    .filter((name) => name.endsWith('.lines'))
    .flatMap((name) => {
      const [outDir = '', lines = ''] = readFileSync(join(denied, name), 'utf8').split('\0');
      return lines
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => ({ outDir, what: line.trim() }));
    });
}

function tryBubblewrap(): void {
  const { error, status, stderr } = spawnSync(
    'bwrap',
    [
      '--ro-bind',
      '/',
      '/',
      '--dev',
      '/dev',
      '--proc',
      '/proc',
      '--unshare-net',
      '--unshare-pid',
      '--unshare-uts',
      'true',
    ],
    { encoding: 'utf8' },
  );
  if (error !== undefined)
    throw new ObserveError('observe/no-bubblewrap', 'there is no bubblewrap on this machine', {
      next: 'Install the package `bubblewrap`, or leave out --confine.',
      cause: error,
    });
  if (status !== 0)
    throw new ObserveError(
      'observe/not-confined',
      `bubblewrap may not keep programs in here: ${stderr.trim()}`,
      {
        next: 'Allow user namespaces for this user, or leave out --confine.',
      },
    );
}
