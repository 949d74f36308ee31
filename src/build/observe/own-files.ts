import { posix } from 'node:path';
import { baseName } from '../../rust/capability/programs.ts';
import { isOfSystem } from '../record/system-program.ts';

/** What programs of the toolchain keep for themselves, and write wherever they run. */
const kept: readonly (readonly [program: RegExp, files: RegExp])[] = [
  // Its locks, what it last used, and what it last heard of the compiler; never its configuration, its sources or its programs.
  [
    /^cargo$/,
    /\/(?:\.package-cache(?:-mutate)?|\.global-cache(?:-journal|-wal|-shm)?|\.rustc_info\.json|CACHEDIR\.TAG|\.cargo-lock)$/,
  ],
  // Metadata that it puts together beside what it was to write, and takes away.
  [/^(?:rustc|clippy-driver)$/, /\/rmeta\w{6}(?:\/full\.rmeta)?$/],
];

/** Whether a file is what a program of the toolchain keeps for itself. Both are paths. */
export function isKeptBy(program: string, file: string): boolean {
  if (!isOfSystem(program)) return false;
  const name = baseName(program);
  return kept.some(([programs, files]) => programs.test(name) && files.test(file));
}

/**
 * Whether a program is a part of another one that it lies with, such as git's `git-submodule`. What fetches (`git-remote-https`) is
 * none: that is to be named.
 */
export function isPartOf(program: string, whole: string): boolean {
  if (/^(?:ba|da|z)?sh$|^env$/.test(baseName(whole)) && isOfSystem(whole) && managers.test(program))
    return true;
  if (!/^git(?:-[\w-]+)?$/.test(baseName(whole)) || !isOfSystem(whole)) return false;
  return (
    posix.basename(posix.dirname(program)) === 'git-core' &&
    isOfSystem(program) &&
    !/^git-(?:remote|http|imap|daemon|send-email)/.test(baseName(program))
  );
}

/** What stands before a language's own programs where its versions are managed: a shell runs it. */
const managers = /\/\.(pyenv|rbenv|nodenv|goenv|plenv|jenv)\/libexec\/\1(?:-[\w-]+)?$/;
