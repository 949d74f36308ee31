/** A hand-written ustar writer: deterministic, and free to write what an honest packer never would. */
import { gzipSync } from 'node:zlib';

export type TarEntry = {
  readonly path: string;
  readonly content?: string | Buffer;
  /** Defaults to a file. Links carry `linkName`. */
  readonly type?: 'file' | 'directory' | 'symlink' | 'hardlink' | 'fifo';
  readonly linkName?: string;
  readonly mode?: number;
};

/** The mtime cargo itself writes for files of unknown age. */
const MTIME = 1153704088;
const FLAGS = { file: '0', hardlink: '1', symlink: '2', directory: '5', fifo: '6' } as const;
const BLOCK = 512;

/** gzip + tar of the entries, in the order given. The same entries give the same bytes. */
export function tarGz(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const body = Buffer.from(entry.content ?? '');
    const padding = Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK);
    return [header(entry, body.length), body, padding];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]), { level: 6 });
}

function header(entry: TarEntry, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const { name, prefix } = splitPath(entry.path);
  const type = entry.type ?? 'file';
  block.write(name, 0, 100);
  octal(block, entry.mode ?? (type === 'directory' ? 0o755 : 0o644), 100, 8);
  octal(block, 0, 108, 8);
  octal(block, 0, 116, 8);
  octal(block, size, 124, 12);
  octal(block, MTIME, 136, 12);
  block.fill(' ', 148, 156);
  block.write(FLAGS[type], 156, 1);
  block.write(entry.linkName ?? '', 157, 100);
  block.write('ustar\0', 257, 6, 'latin1');
  block.write('00', 263, 2);
  block.write(prefix, 345, 155);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8, 'latin1');
  return block;
}

function octal(block: Buffer, value: number, at: number, width: number): void {
  block.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, width, 'latin1');
}

/** ustar keeps a name of at most 100 bytes and a folder prefix of at most 155. */
function splitPath(path: string): { name: string; prefix: string } {
  if (Buffer.byteLength(path) <= 100) return { name: path, prefix: '' };
  for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
    const [prefix, name] = [path.slice(0, slash), path.slice(slash + 1)];
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100) return { name, prefix };
  }
  throw new Error(`path too long for ustar: ${path}`);
}
