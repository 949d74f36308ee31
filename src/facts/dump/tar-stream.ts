import { DumpError } from './error.ts';

/** One file of a tar stream. Its body is read before the next file is asked for; what is left of it is skipped. */
export interface StreamedFile {
  readonly path: string;
  readonly size: number;
  readonly body: AsyncIterable<Uint8Array>;
}

const block = 512;

/**
 * Walks the regular files of a tar stream as it comes, in constant memory. (`cargo/tar.ts` reads whole archives of
 * strangers in memory and judges them; this one reads gigabytes of a registry's own.) Throws `dump/truncated` when the
 * stream ends before its end mark.
 */
export async function* tarFiles(stream: AsyncIterable<Uint8Array>): AsyncGenerator<StreamedFile> {
  const source = new ByteSource(stream);
  for (let longName: string | undefined; ; ) {
    const header = await source.exactly(block);
    if (header.every((byte) => byte === 0)) return await source.drain();
    checkSum(header);
    const size = sizeOf(header);
    const type = String.fromCharCode(header[156] ?? 0);
    const padding = (block - (size % block)) % block;
    if (type === 'L') {
      if (size > 64 * 1024) throw malformed('a file has an endless name');
      longName = textOf(await source.exactly(size));
      await source.skip(padding);
      continue;
    }
    if (type === '0' || type === '\0') {
      let left = size;
      const body = async function* () {
        while (left > 0) {
          const piece = await source.upTo(left);
          left -= piece.length;
          yield piece;
        }
      };
      yield { path: longName ?? nameOf(header), size, body: body() };
      await source.skip(left);
    } else await source.skip(size);
    await source.skip(padding);
    if (type !== 'x' && type !== 'g') longName = undefined;
  }
}

class ByteSource {
  readonly #stream: AsyncIterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array();

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#stream = stream[Symbol.asyncIterator]();
  }

  /** At least one byte, at most `most`. */
  async upTo(most: number): Promise<Uint8Array> {
    while (this.#piece.length === 0) {
      const { value, done } = await this.#stream.next();
      if (done === true)
        throw new DumpError('dump/truncated', 'The dump ends before its end: it is cut short.');
      this.#piece = value;
    }
    const taken = this.#piece.subarray(0, most);
    this.#piece = this.#piece.subarray(taken.length);
    return taken;
  }

  async exactly(count: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for (let left = count; left > 0; ) {
      const piece = await this.upTo(left);
      parts.push(piece);
      left -= piece.length;
    }
    return Buffer.concat(parts, count);
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0; ) left -= (await this.upTo(left)).length;
  }

  /** Reads to the end, so that a compressed stream checks its own sum. */
  async drain(): Promise<void> {
    for (;;) if ((await this.#stream.next()).done === true) return;
  }
}

function sizeOf(header: Buffer): number {
  // GNU's base-256 form for files of 8 GB and more.
  if (((header[124] ?? 0) & 0x80) !== 0) {
    const size = header.subarray(128, 136).readBigUInt64BE();
    if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed('a file has an endless size');
    return Number(size);
  }
  const text = textOf(header.subarray(124, 136)).trim();
  if (!/^[0-7]*$/.test(text)) throw malformed('a file has no size');
  return text === '' ? 0 : Number.parseInt(text, 8);
}

function checkSum(header: Buffer): void {
  const told = Number.parseInt(textOf(header.subarray(148, 156)).trim(), 8);
  let sum = 8 * 0x20;
  for (const [i, byte] of header.entries()) if (i < 148 || i >= 156) sum += byte;
  if (told !== sum) throw malformed('a header has a wrong sum');
}

function nameOf(header: Buffer): string {
  const name = textOf(header.subarray(0, 100));
  const hasPrefix = header.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = hasPrefix ? textOf(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end === -1 ? bytes.length : end);
}

function malformed(what: string): DumpError {
  return new DumpError('dump/malformed', `The dump is no readable tar archive: ${what}.`);
}
