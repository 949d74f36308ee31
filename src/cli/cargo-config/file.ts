import { constants } from 'node:fs';
import { lstat, mkdir, open, readlink, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CliError } from '../shared/error.ts';

/** The file that is really written to: the end of the links, if there are any. */
export interface WriteTarget {
  readonly file: string;
  readonly exists: boolean;
  readonly mode?: number;
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/** Follows a link to what it points at, even where that is not there yet: the link itself stays. */
export async function writeTarget(file: string): Promise<WriteTarget> {
  try {
    const real = await realpath(file);
    const { mode, uid, gid } = await stat(real);
    return { file: real, exists: true, mode: mode & 0o7777, owner: { uid, gid } };
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const link = await lstat(file).catch(() => undefined);
  if (link?.isSymbolicLink()) return writeTarget(resolve(dirname(file), await readlink(file)));
  return { file, exists: false };
}

/** Writes a file whole or not at all, with the mode and the owner that it had. */
export async function replaceFile(target: WriteTarget, text: string): Promise<void> {
  const folder = dirname(target.file);
  const temporary = join(folder, `.${basename(target.file)}.${process.pid}.tmp`);
  try {
    await mkdir(folder, { recursive: true });
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
    const handle = await open(temporary, flags, target.mode ?? 0o666);
    try {
      // The umask has its say on new files only. Another owner's file stays theirs where we may say so.
      if (target.owner !== undefined && target.owner.uid !== process.getuid?.())
        await handle.chown(target.owner.uid, target.owner.gid).catch(() => undefined);
      if (target.mode !== undefined) await handle.chmod(target.mode);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target.file);
  } catch (cause) {
    await unlink(temporary).catch(() => undefined);
    const { code } = cause as NodeJS.ErrnoException;
    throw new CliError('cli/config', `${target.file} could not be written (${code ?? String(cause)})`, {
      next: 'Nothing was changed.',
      cause,
    });
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
