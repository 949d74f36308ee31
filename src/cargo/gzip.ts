import { constants, crc32, inflateRawSync } from 'node:zlib';
import { CargoError } from './error.ts';

/** What one gzip member holds. */
export interface Gunzipped {
  readonly bytes: Uint8Array;
  /** Bytes of the input that follow the member. */
  readonly trailing: number;
}

/**
 * Unpacks the first member of a gzip file (RFC 1952), as cargo does (flate2 `GzDecoder`), and says how much
 * follows it, which other unpackers would read on. Checksums are verified. Throws `CargoError('cargo/archive')`
 * when it is no gzip, is damaged or truncated, or unpacks to more than `maxOutput` bytes.
 */
export function gunzipFirstMember(input: Uint8Array, maxOutput: number): Gunzipped {
  const start = headerLength(input);
  const { buffer, engine } = inflate(input.subarray(start), maxOutput);
  const end = start + engine.bytesWritten;
  if (end + 8 > input.length) throw damaged('it is truncated');
  const trailer = new DataView(input.buffer, input.byteOffset + end, 8);
  if (
    trailer.getUint32(0, true) !== crc32(buffer) ||
    trailer.getUint32(4, true) !== buffer.length % 2 ** 32
  ) {
    throw damaged('its gzip checksum is wrong');
  }
  return { bytes: buffer, trailing: input.length - end - 8 };
}

interface Inflated {
  readonly buffer: Uint8Array;
  /** `bytesWritten` is what the engine took of its input: it stops where the deflate stream ends. */
  readonly engine: { readonly bytesWritten: number };
}

const flags = { headerChecksum: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;

function damaged(reason: string, cause?: unknown): CargoError {
  return new CargoError('cargo/archive', `${reason}.`, undefined, cause);
}

function inflate(input: Uint8Array, maxOutput: number): Inflated {
  try {
    const options = {
      info: true,
      maxOutputLength: maxOutput,
      finishFlush: constants.Z_FINISH,
      chunkSize: likelySize(input, maxOutput),
    };
    // The declared type leaves out what `info` changes.
    return inflateRawSync(input, options) as unknown as Inflated;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw damaged(`it unpacks to more than ${maxOutput} bytes`, cause);
    throw damaged(code === 'Z_BUF_ERROR' ? 'it is truncated' : 'its gzip data is damaged', cause);
  }
}

/** Least and most that one byte of deflate data may stand for, as far as buffers are concerned. */
const [leastChunk, mostRatio] = [64 * 1024, 1032];

/**
 * The size that the end of the file claims: one buffer of it takes the output without a second copy. A false claim costs
 * nothing but copies, for it is held within what the data can unpack to.
 */
function likelySize(input: Uint8Array, maxOutput: number): number {
  if (input.length < 8) return leastChunk;
  const claimed = new DataView(input.buffer, input.byteOffset + input.length - 4, 4).getUint32(0, true) + 1;
  return Math.max(leastChunk, Math.min(claimed, input.length * mostRatio, maxOutput + 1));
}

/** Offset at which the deflate stream starts. */
function headerLength(input: Uint8Array): number {
  if (input[0] !== 0x1f || input[1] !== 0x8b || input[2] !== 8) throw damaged('it is not a gzip file');
  const flag = input[3] ?? 0;
  if ((flag & flags.reserved) !== 0) throw damaged('its gzip header has unknown flags');
  let at = 10;
  if ((flag & flags.extra) !== 0) at += 2 + (input[at] ?? 0) + 256 * (input[at + 1] ?? 0);
  if ((flag & flags.name) !== 0) at = afterNul(input, at);
  if ((flag & flags.comment) !== 0) at = afterNul(input, at);
  if ((flag & flags.headerChecksum) !== 0) {
    const expected = (input[at] ?? 0) + 256 * (input[at + 1] ?? 0);
    if ((crc32(input.subarray(0, at)) & 0xffff) !== expected)
      throw damaged('its gzip header checksum is wrong');
    at += 2;
  }
  if (at >= input.length) throw damaged('it is truncated');
  return at;
}

function afterNul(input: Uint8Array, from: number): number {
  const nul = input.indexOf(0, from);
  if (nul === -1) throw damaged('it is truncated');
  return nul + 1;
}
