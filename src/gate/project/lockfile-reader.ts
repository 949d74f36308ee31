import type { Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { type Lockfile, parseLockfile } from '../../cargo/lockfile.ts';
import { GateError, withFile } from '../error.ts';

/** A lockfile with the name that messages call it by. */
export interface NamedLockfile {
  readonly file: string;
  readonly lockfile: Lockfile;
}

/** The same with its text. */
export interface ReadLockfile extends NamedLockfile {
  readonly text: string;
}

/** The largest lockfiles of real projects have about two million bytes. */
export const maxLockfileBytes = 16 * 1024 * 1024;

/** Reads a lockfile of this machine. Throws `GateError` with file, line and what to do. */
export async function readLockfile(path: string, file: string): Promise<ReadLockfile> {
  return parseNamed(await readBounded(path, file), file);
}

/** Reads the bytes of a lockfile. Throws `GateError` for too many, what is no UTF-8, and what is no lockfile. */
export function parseNamed(bytes: Uint8Array, file: string): ReadLockfile {
  if (bytes.length > maxLockfileBytes) throw tooLarge(file, bytes);
  const text = textOf(bytes, file);
  return { file, text, lockfile: parseText(text, file) };
}

/** The lockfile of a commit that has none: everything is new to it. */
export const noLockfile: Lockfile = {
  version: 4,
  packages: [],
  root: undefined,
  unusedPatches: [],
  metadata: new Map(),
};

function parseText(text: string, file: string): Lockfile {
  const next = /^(<<<<<<<|>>>>>>>)/m.test(text)
    ? 'Settle the conflict; `cargo metadata` then writes the rest.'
    : 'Let cargo write it again: restore it from git, then `cargo update --workspace`.';
  return withFile('gate/lockfile', file, next, () => parseLockfile(text));
}

async function readBounded(path: string, file: string): Promise<Buffer> {
  let handle: Awaited<ReturnType<typeof open>> | undefined;
  try {
    // Looked at before it is opened: a pipe that nobody writes to would be waited for.
    const stats = await stat(path);
    if (!stats.isFile())
      throw new GateError('gate/file', `it is no file but ${kindOf(stats)}.`, { at: { file }, next: name });
    handle = await open(path, 'r');
    const buffer = Buffer.alloc(Math.min(stats.size, maxLockfileBytes + 1));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    if (cause instanceof GateError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    const missing = code === 'ENOENT';
    const message = missing ? 'there is no such file.' : `it ${whyNot(code)}.`;
    const next = missing
      ? `Make it with \`cargo generate-lockfile\` and commit it, or ${name.toLowerCase()}`
      : name;
    throw new GateError('gate/file', message, { at: { file }, next, cause });
  } finally {
    await handle?.close();
  }
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}

function whyNot(code: string | undefined): string {
  switch (code) {
    case 'ELOOP':
      return 'is a link that leads to itself';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read by you';
    case 'ENOTDIR':
      return 'would lie in a file, which is no folder';
    default:
      return `could not be read: ${code ?? 'nobody says why'}`;
  }
}

const name = 'Name the lockfile with --lockfile, or the manifest beside it with --manifest-path.';

function textOf(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new GateError('gate/lockfile', 'it is not UTF-8.', {
      at: { file, line: lineOfBadUtf8(bytes) },
      next: 'Cargo writes UTF-8 only: restore the file from git.',
      cause,
    });
  }
}

function lineOfBadUtf8(bytes: Uint8Array): number {
  const lenient = new TextDecoder('utf-8').decode(bytes);
  return lineAt(lenient, lenient.indexOf('\ufffd'));
}

function tooLarge(file: string, bytes: Uint8Array): GateError {
  const within = new TextDecoder().decode(bytes.subarray(0, maxLockfileBytes));
  return new GateError('gate/lockfile', `it goes beyond ${maxLockfileBytes / 1024 / 1024} MiB here.`, {
    at: { file, line: lineAt(within, within.length) },
    next: 'No project has so many packages: see what put it there, and restore the file from git.',
  });
}

function lineAt(text: string, end: number): number {
  return text.slice(0, Math.max(end, 0)).split('\n').length;
}
