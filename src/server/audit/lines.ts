import { type FileHandle, open, readFile } from 'node:fs/promises';

/**
 * Puts a line behind those of a file, and returns when it is on disk. What a crash cut off stands before it as a line
 * of its own: it would otherwise swallow this one.
 */
export async function appendLine(path: string, line: string): Promise<void> {
  const file = await open(path, 'a+', 0o644);
  try {
    await file.appendFile(`${(await isTorn(file)) ? '\n' : ''}${line}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A file of lines, which may not be there yet. */
export async function linesOf(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return '';
  });
}

/** Whether the last line has no end. */
async function isTorn(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== 0x0a;
}
