import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { PolicyPlace } from '../registry/saved-policy.ts';
import { ServeError } from './serve-error.ts';

/** The file of `--policy`: what is saved is there at the next start. */
export class PolicyFile implements PolicyPlace {
  /** As it was named. */
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async read(): Promise<string> {
    try {
      return await readFile(this.path, 'utf8');
    } catch (error) {
      throw cannot('read', this.path, error);
    }
  }

  /**
   * Beside it first, then in its place: whoever reads it meanwhile has one or the other. Links stay links, and mode and
   * owner as they are. What somebody else put there meanwhile, or led the link to, is not written over.
   */
  async write(text: string, before: string): Promise<void> {
    let fresh: string | undefined;
    try {
      const path = await realpath(this.path);
      const { mode, uid, gid } = await stat(path);
      const beside = `${path}.${randomBytes(6).toString('hex')}.new`;
      const handle = await open(beside, 'wx', mode & 0o777);
      fresh = beside;
      try {
        await handle.writeFile(text);
        // What a new file has is for the process: its mask, its user, who may give nothing away.
        await handle.chmod(mode & 0o777);
        await handle.chown(uid, gid).catch(() => undefined);
        await handle.sync();
      } finally {
        await handle.close();
      }
      if ((await realpath(this.path)) !== path || (await readFile(path, 'utf8')) !== before)
        throw new ServeError(
          'serve/policy-file',
          `The policy's file ${this.path} was edited meanwhile: start the server again, then begin from what it says.`,
        );
      await rename(beside, path);
      const folder = await open(dirname(path), 'r');
      await folder.sync().finally(() => folder.close());
    } catch (error) {
      if (fresh !== undefined) await rm(fresh, { force: true }).catch(() => undefined);
      throw error instanceof ServeError ? error : cannot('write', this.path, error);
    }
  }

  /** Whether a text could be put there, as far as can be told before. */
  async isWritable(): Promise<boolean> {
    try {
      await access(dirname(await realpath(this.path)), constants.W_OK);
      return true;
    } catch {
      return false;
    }
  }
}

function cannot(what: 'read' | 'write', path: string, cause: unknown): ServeError {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'it failed';
  return new ServeError(
    'serve/policy-file',
    `The policy's file ${path} cannot be ${what === 'read' ? 'read' : 'written'} here (${reason}): put the text there where that is done, and start the server again.`,
    { cause },
  );
}
