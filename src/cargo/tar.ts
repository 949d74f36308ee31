import { CargoError, quoted } from './error.ts';

/** One entry of a tar stream, with the long names and pax records before it applied. */
export interface TarEntry {
  /** As stored; not yet checked. Bytes that are no UTF-8 show as U+FFFD and are reported. */
  readonly path: string;
  /** `other`: a link, device, fifo, sparse file or unknown type; cargo refuses them. */
  readonly kind: 'file' | 'directory' | 'other';
  /** What the entry is, for messages: `a symbolic link`. */
  readonly what: string;
  /** Permission bits. */
  readonly mode: number;
  /** The content, a view into the stream. */
  readonly bytes: Uint8Array;
}

/** Told of whatever two unpackers might read differently. One sentence. */
export type Report = (problem: string) => void;

/**
 * Walks a tar stream the way cargo's unpacker does (the `tar` crate), and reports what another unpacker may see
 * differently. Throws `CargoError('cargo/archive')` where reading on would be a guess. Our own reader, because a
 * library hides what has to be judged: raw type flags, overridden sizes, what follows the end.
 */
export function* tarEntries(tar: Uint8Array, report: Report): Generator<TarEntry, void> {
  let pending: Pending = {};
  let at = 0;
  while (at + blockSize <= tar.length) {
    const block = tar.subarray(at, at + blockSize);
    if (isZero(block)) break;
    const header = readHeader(block, report);
    const start = at + blockSize;
    if (start + header.size > tar.length) throw new CargoError('cargo/archive', 'its tar data is truncated.');
    const bytes = tar.subarray(start, start + header.size);
    at = start + Math.ceil(header.size / blockSize) * blockSize;
    if (header.type === 'L' || header.type === 'x') {
      pending = addPending(pending, header.type, bytes, report);
      continue;
    }
    yield toEntry(header, pending, bytes, report);
    pending = {};
  }
  if (pending.longName !== undefined || pending.pax !== undefined)
    report('it ends after a long name of nothing.');
  if (!isZero(tar.subarray(at))) report('it has data after the end of its tar stream.');
}

interface Header {
  readonly path: Uint8Array;
  readonly type: string;
  readonly size: number;
  readonly mode: number;
}

interface Pending {
  readonly longName?: Uint8Array;
  readonly pax?: ReadonlyMap<string, Uint8Array>;
}

const blockSize = 512;
const maxMetadataBytes = 64 * 1024;
const latin1 = new TextDecoder('latin1');
const [space, zero, seven] = [0x20, 0x30, 0x37] as const;
const lossyUtf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const kinds: Readonly<Record<string, string>> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a character device',
  '4': 'a block device',
  '6': 'a fifo',
  '7': 'a contiguous file',
  K: 'a long link name',
  S: 'a sparse file',
  g: 'a global pax header',
};

/** POSIX says that path, uid, times and the like may be overridden; these do not change what is unpacked. */
const harmlessPax: ReadonlySet<string> = new Set('atime comment ctime gid gname mtime uid uname'.split(' '));

function readHeader(block: Uint8Array, report: Report): Header {
  if (octal(block, 148, 156) !== checksumOf(block)) {
    throw new CargoError('cargo/archive', 'a tar header has a wrong checksum.');
  }
  const size = octal(block, 124, 136);
  if (size === undefined) throw new CargoError('cargo/archive', 'a tar header has an unreadable size.');
  const format = formatOf(block);
  const flag = block[156] ?? 0;
  const type = flag === 0 ? '0' : String.fromCharCode(flag);
  const path = pathOf(block, format);
  if (format === 'unknown') report(`its entry ${show(path)} has a header of no known tar format.`);
  if (format === 'v7' && (type === 'L' || type === 'x')) {
    report(`its entry ${show(path)} is an extension in an old tar header.`);
  }
  if (type === 'S') throw new CargoError('cargo/archive', `its entry ${show(path)} is a sparse file.`);
  return { path, type, size, mode: (octal(block, 100, 108) ?? 0) & 0o777 };
}

/** The sum of the header's bytes, those of the checksum itself taken as spaces. */
function checksumOf(block: Uint8Array): number {
  let sum = 8 * space;
  for (let i = 0; i < 148; i++) sum += block[i] ?? 0;
  for (let i = 156; i < blockSize; i++) sum += block[i] ?? 0;
  return sum;
}

/** A plain loop: this may run over half a gigabyte. */
function isZero(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}

const magics = (
  [
    ['gnu', 'ustar  \0'],
    ['ustar', 'ustar\u000000'],
    ['v7', '\0'.repeat(8)],
  ] as const
).map(([format, magic]) => [format, [...Buffer.from(magic)]] as const);

/** The two magics that the `tar` crate knows; without one, a header is of the format of 1979. */
function formatOf(block: Uint8Array): 'ustar' | 'gnu' | 'v7' | 'unknown' {
  for (const [format, magic] of magics) if (magic.every((byte, i) => block[257 + i] === byte)) return format;
  return 'unknown';
}

function pathOf(block: Uint8Array, format: string): Uint8Array {
  const name = untilNul(block.subarray(0, 100));
  const prefix = format === 'ustar' ? untilNul(block.subarray(345, 500)) : undefined;
  if (prefix === undefined || prefix.length === 0) return name;
  const path = new Uint8Array(prefix.length + 1 + name.length);
  path.set(prefix);
  path[prefix.length] = 0x2f;
  path.set(name, prefix.length + 1);
  return path;
}

function addPending(pending: Pending, type: 'L' | 'x', bytes: Uint8Array, report: Report): Pending {
  if (bytes.length > maxMetadataBytes)
    throw new CargoError('cargo/archive', 'it has an oversized pax or name header.');
  if (type === 'L') {
    if (pending.longName !== undefined) report('it has two long names for one entry.');
    const longName = bytes.at(-1) === 0 ? bytes.subarray(0, -1) : bytes;
    return { ...pending, longName };
  }
  if (pending.pax !== undefined) report('it has two pax headers for one entry.');
  return { ...pending, pax: readPax(bytes, report) };
}

/** `length key=value\n`, the length counting itself (POSIX, pax interchange format). */
function readPax(bytes: Uint8Array, report: Report): ReadonlyMap<string, Uint8Array> {
  const records = new Map<string, Uint8Array>();
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = space === -1 ? '' : latin1.decode(bytes.subarray(at, space));
    const end = /^[1-9][0-9]{0,5}$/.test(length) ? at + Number(length) : 0;
    const equals = bytes.indexOf(0x3d, space);
    if (end > bytes.length || equals === -1 || equals >= end || bytes[end - 1] !== 0x0a) {
      throw new CargoError('cargo/archive', 'it has a malformed pax header.');
    }
    const key = lossyUtf8.decode(bytes.subarray(space + 1, equals));
    if (records.has(key)) report(`it has a pax header with ${quoted(key)} twice.`);
    records.set(key, bytes.subarray(equals + 1, end - 1));
    at = end;
  }
  return records;
}

function toEntry(header: Header, { longName, pax }: Pending, bytes: Uint8Array, report: Report): TarEntry {
  const paxPath = pax?.get('path');
  if (longName !== undefined && paxPath !== undefined)
    report(`its entry ${show(longName)} is named in two ways.`);
  const rawPath = paxPath ?? longName ?? header.path;
  const path = textOf(rawPath);
  // Shown only where something is to be said.
  const named = () => show(rawPath);
  for (const [key, value] of pax ?? []) {
    if (key === 'size' && latin1.decode(value) !== String(header.size)) {
      throw new CargoError('cargo/archive', `its entry ${named()} has two sizes.`);
    }
    if (key !== 'path' && key !== 'size' && !harmlessPax.has(key)) {
      report(`its entry ${named()} has a pax header that sets ${quoted(key)}.`);
    }
  }
  if (path === undefined) report(`its entry ${named()} has a path that is not UTF-8.`);
  const kind = header.type === '0' ? 'file' : header.type === '5' ? 'directory' : 'other';
  if (kind !== 'file' && header.size > 0) report(`its entry ${named()} is no file, but has content.`);
  const what =
    kind === 'other' ? (kinds[header.type] ?? `of unknown type ${quoted(header.type)}`) : `a ${kind}`;
  return { path: path ?? lossyUtf8.decode(rawPath), kind, what, mode: header.mode, bytes };
}

/**
 * An octal number field: spaces, digits, then spaces and NULs. Base 256, which only files beyond 8 GiB need, and anything odd is
 * `undefined`.
 */
function octal(block: Uint8Array, from: number, to: number): number | undefined {
  let at = from;
  while (at < to && block[at] === space) at++;
  const first = at;
  let value = 0;
  for (; at < to; at++) {
    const byte = block[at] ?? 0;
    if (byte < zero || byte > seven) break;
    value = value * 8 + byte - zero;
  }
  if (at === first) return undefined;
  while (at < to && (block[at] === space || block[at] === 0)) at++;
  return at === to ? value : undefined;
}

function untilNul(field: Uint8Array): Uint8Array {
  const nul = field.indexOf(0);
  return nul === -1 ? field : field.subarray(0, nul);
}

/** `undefined` where it is no UTF-8. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function show(path: Uint8Array): string {
  return quoted(lossyUtf8.decode(path.subarray(0, 400)));
}
