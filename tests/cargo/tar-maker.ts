import { gzipSync } from 'node:zlib';

/** One entry to write. Everything may be wrong on purpose. */
export interface Entry {
  readonly path: string;
  readonly content?: string | Uint8Array;
  /** Type flag; a file when absent. */
  readonly type?: string;
  readonly mode?: number;
  /** Header layout; GNU, which cargo writes, when absent. */
  readonly magic?: string;
  readonly prefix?: string;
  readonly link?: string;
  /** The size field's own text, to lie in. */
  readonly size?: string;
  /** Off by this much. */
  readonly checksum?: number;
}

export const gnu = 'ustar  \0';
export const ustar = 'ustar\u000000';

/** The entries of a sound archive. */
export const manifest: Entry = {
  path: 'abc-1.0.0/Cargo.toml',
  content: '[package]\nname = "abc"\nversion = "1.0.0"\nlinks = "z"\n',
};
export const lib: Entry = { path: 'abc-1.0.0/src/lib.rs', content: 'pub fn f() {}\n', mode: 0o755 };
export const sound = [manifest, lib];
/** A tar stream with the two zero blocks at its end. */
export function tar(entries: readonly Entry[]): Buffer {
  return Buffer.concat([...entries.map(tarEntry), Buffer.alloc(1024)]);
}

/** A `.crate` as cargo would make it. */
export function crate(entries: readonly Entry[]): Buffer {
  return gzipSync(tar(entries));
}

export function tarEntry(entry: Entry): Buffer {
  const content = Buffer.from(entry.content ?? '');
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header(entry, content.length), content, padding]);
}

/** `length key=value\n`, the length counting itself. */
export function pax(records: Readonly<Record<string, string>>): string {
  return Object.entries(records).map(paxRecord).join('');
}

function paxRecord([key, value]: [string, string]): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  const length = [1, 2, 3, 4, 5].map((digits) => bytes + digits).find((n) => String(n).length === n - bytes);
  return `${length}${rest}`;
}

function header(entry: Entry, length: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(entry.path, 0, 100);
  block.write(`${(entry.mode ?? 0o644).toString(8).padStart(7, '0')}\0`, 100);
  block.write('0000000\u00000000000\0', 108);
  block.write(entry.size ?? `${length.toString(8).padStart(11, '0')}\0`, 124, 12, 'latin1');
  block.write('00000000000\0', 136);
  block.write(entry.type ?? '0', 156, 1, 'latin1');
  block.write(entry.link ?? '', 157, 100);
  block.write(entry.magic ?? gnu, 257, 8, 'latin1');
  block.write(entry.prefix ?? '', 345, 155);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, entry.checksum ?? 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
