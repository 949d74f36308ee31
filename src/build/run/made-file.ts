import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BuildError } from '../error.ts';
import { isBelow } from './layout.ts';

/** A file that a build made. */
export interface MadeFile {
  readonly bytes: Buffer;
  /** As chmod(2) has it. */
  readonly mode: number;
}

/**
 * Reads what cargo says that it made. What ran in the build could write to the target folder, and to cargo's output: a
 * link there leads to files of this machine, as does a path elsewhere, so that neither is followed. `target` is the
 * folder as the build names it, `here` where it lies. Throws `BuildError('build/altered')`.
 */
export function readMadeFile(path: string, target: string, here: string): MadeFile {
  const refuse = (what: string, cause?: unknown) =>
    new BuildError('build/altered', `${path} is said to be what was built, and ${what}`, {
      next: 'Something that ran in the build put it there: look at what it did with `safeguard observe -- cargo build`.',
      cause,
    });
  if (!isBelow(path, target)) throw refuse('lies outside of the target folder');
  const folder = realpathSync(here);
  const file = join(folder, relative(target, path));
  let descriptor: number;
  try {
    if (realpathSync(file) !== file) throw refuse('is, or lies behind, a link');
    // A pipe would keep whoever opens it waiting.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof BuildError) throw error;
    throw refuse('cannot be read', error);
  }
  try {
    const about = fstatSync(descriptor);
    if (!about.isFile()) throw refuse('is no file');
    return { bytes: readFileSync(descriptor), mode: about.mode & 0o777 };
  } finally {
    closeSync(descriptor);
  }
}
