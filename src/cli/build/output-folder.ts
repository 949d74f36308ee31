import { existsSync, mkdirSync, readdirSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { BuildError } from '../../build/error.ts';
import { isBelow } from '../../build/run/layout.ts';
import { git } from '../../gate/project/git.ts';
import { CliError } from '../shared/error.ts';
import { fileReason } from '../shared/named-file.ts';
import { printable } from '../shared/terminal.ts';

/**
 * The folder that results go into, made where it is not there. What is in it the build does not see, and git ignores it
 * where it is new; so it may hold nothing of `project`, the folder of the workspace. Throws
 * `BuildError('build/command')`.
 */
export async function openOutput(named: string, project: string): Promise<string> {
  const output = resolve(named);
  if (existsSync(output)) await refuseSource(named, realpathSync(output), realpathSync(project));
  writing(named, () => {
    makeFolder(output);
    if (readdirSync(output).length === 0) writeFileSync(join(output, '.gitignore'), '*\n');
  });
  return output;
}

/** One after another: of a disk that is read-only Node's own way says that there is no such file. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another build was first.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

/** What is made there. Throws `CliError('cli/file')` where nothing can be. */
export function writing<T>(named: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    const reason = fileReason(cause);
    if (reason === undefined) throw cause;
    throw new CliError(
      'cli/file',
      `--output-dir ${printable(named)}: nothing can be written there: ${reason}.`,
      {
        next: 'Name a folder that this user may write to, on a disk with some space: --output-dir.',
        cause,
      },
    );
  }
}

async function refuseSource(named: string, output: string, project: string): Promise<void> {
  const holds = isBelow(project, output);
  const tracked = holds ? undefined : await firstTracked(output);
  if (!holds && tracked === undefined) return;
  const what = holds ? 'the project itself' : `files of the repository, such as ${tracked}`;
  throw new BuildError(
    'build/command',
    `--output-dir ${named} holds ${what}: a build sees nothing of that folder`,
    {
      next: 'Name a folder for results alone, such as --output-dir dist.',
    },
  );
}

/** What is said where there was no space left to work in; every other error as it is. */
export function fullDisk(named: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new CliError('cli/refused', `the disk of --output-dir ${printable(named)} is full`, {
    next: 'Free space there, or name another one: a build works there.',
    cause: error,
  });
}

/** A file in a folder that git tracks; `undefined`: none, or there is no repository. */
async function firstTracked(folder: string): Promise<string | undefined> {
  const asked = await git(folder, ['ls-files', '-z']).catch(() => undefined);
  const first = asked?.code === 0 ? asked.text.split('\0', 1)[0] : undefined;
  return first === '' ? undefined : first;
}

/**
 * Refuses a folder for the results of a target in which something else lies than what a build left: it would be replaced. Throws
 * `BuildError('build/command')`.
 */
export function refuseForeign(output: string, target: string): void {
  const folder = join(output, target);
  if (!existsSync(folder)) return;
  const names = readdirSync(folder);
  if (names.length === 0 || names.includes('build.log')) return;
  throw new BuildError(
    'build/command',
    `${folder} would be replaced by the results, and holds what no build left: ${names[0]}`,
    { next: 'Move it away, or name another --output-dir.' },
  );
}
