/** Pictures of pages in few colours: a tenth of the bytes, and still legible. */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of each pixel, row by row. */
  readonly rgb: Uint8Array;
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A picture (PNG of 8-bit RGB or RGBA, as a browser makes them) in its 16 most used colours, as an indexed PNG (RFC 2083). */
export function smallPng(png: Buffer): Buffer {
  const { width, height, rgb } = decoded(png);
  const palette = paletteOf(rgb, 16);
  const nearest = new Map<number, number>();
  const bytes = Math.ceil(width / 2);
  const rows = Buffer.alloc((bytes + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const colour = colourAt(rgb, (y * width + x) * 3);
      const index = nearest.get(colour) ?? nearestOf(colour, palette);
      nearest.set(colour, index);
      const at = y * (bytes + 1) + 1 + (x >> 1);
      rows[at] = (rows[at] ?? 0) | (x % 2 === 0 ? index << 4 : index);
    }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([4, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((one) => [one >> 16, (one >> 8) & 255, one & 255]));
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function decoded(png: Buffer): Picture {
  const [width, height, samples] = [png.readUInt32BE(16), png.readUInt32BE(20), png[25] === 6 ? 4 : 3];
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const raw = inflateSync(Buffer.concat(parts));
  const stride = width * samples;
  const rgb = new Uint8Array(width * height * 3);
  let above = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const start = y * (stride + 1);
    const row = unfiltered(raw[start] ?? 0, raw.subarray(start + 1, start + 1 + stride), above, samples);
    for (let x = 0; x < width; x++) rgb.set(row.subarray(x * samples, x * samples + 3), (y * width + x) * 3);
    above = row;
  }
  return { width, height, rgb };
}

/** One row without its filter (RFC 2083, section 6). */
function unfiltered(
  filter: number,
  row: Uint8Array,
  above: Uint8Array,
  samples: number,
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(row.length);
  for (const [i, value] of row.entries()) {
    const [left, up, corner] = [out[i - samples] ?? 0, above[i] ?? 0, above[i - samples] ?? 0];
    const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
    out[i] = value + guess;
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const sum = left + up - corner;
  const [a, b, c] = [Math.abs(sum - left), Math.abs(sum - up), Math.abs(sum - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

const colourAt = (rgb: Uint8Array, at: number) =>
  ((rgb[at] ?? 0) << 16) | ((rgb[at + 1] ?? 0) << 8) | (rgb[at + 2] ?? 0);

/** The most used colours that differ enough to be told apart. */
function paletteOf(rgb: Uint8Array, most: number): readonly number[] {
  const counts = new Map<number, number>();
  for (let at = 0; at < rgb.length; at += 3) {
    const colour = colourAt(rgb, at);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const chosen: number[] = [];
  for (const [colour] of [...counts].sort(([, a], [, b]) => b - a)) {
    if (chosen.length === most) break;
    // The first few are grounds, which differ little; the others are shades of letters.
    const least = chosen.length < 5 ? 60 : 600;
    if (chosen.every((one) => distance(one, colour) > least)) chosen.push(colour);
  }
  return chosen;
}

function nearestOf(colour: number, palette: readonly number[]): number {
  return palette.reduce(
    (best, one, at) => (distance(one, colour) < distance(palette[best] ?? 0, colour) ? at : best),
    0,
  );
}

function distance(a: number, b: number): number {
  const [red, green, blue] = [
    (a >> 16) - (b >> 16),
    ((a >> 8) & 255) - ((b >> 8) & 255),
    (a & 255) - (b & 255),
  ];
  return red * red + green * green + blue * blue;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
