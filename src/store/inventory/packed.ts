import { BadValue, type Column } from '../column.ts';

/**
 * Ascending whole numbers as a short text: the distance from each to the next in base 128, the lowest digits first (LEB128), in
 * base64. Numbers that lie close take a byte or two.
 */
export function packAscending(numbers: readonly number[]): string {
  let last = 0;
  return packNumbers(
    numbers.map((number) => {
      const distance = number - last;
      last = number;
      return distance;
    }),
  );
}

/** Whole numbers from 0 in the same way, each for itself. Throws `BadValue` for others. */
export function packNumbers(numbers: ArrayLike<number>): string {
  const bytes = new Uint8Array(numbers.length * 8);
  let at = 0;
  for (let i = 0; i < numbers.length; i++) {
    let number = numbers[i] ?? 0;
    if (!Number.isSafeInteger(number) || number < 0) throw new BadValue();
    for (; number > 127; number = Math.floor(number / 128)) bytes[at++] = (number % 128) | 128;
    bytes[at++] = number;
  }
  return Buffer.from(bytes.buffer, 0, at).toString('base64');
}

/** Gives each of the numbers that were packed. Throws `BadValue` for what is no packed text. */
export function visitNumbers(text: string, each: (number: number) => void): void {
  let place = 1;
  let number = 0;
  const bytes = Buffer.from(text, 'base64');
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    number += (byte & 127) * place;
    if (byte > 127) {
      place *= 128;
      continue;
    }
    if (!Number.isSafeInteger(number)) throw new BadValue();
    each(number);
    number = 0;
    place = 1;
  }
  if (place !== 1) throw new BadValue();
}

/** A column of ascending whole numbers from 0. */
export const ascending: Column<readonly number[]> = {
  type: 'text',
  expected: 'ascending whole numbers, packed',
  encode: packAscending,
  decode: (raw) => {
    if (typeof raw !== 'string') throw new BadValue();
    const list: number[] = [];
    let last = 0;
    visitNumbers(raw, (distance) => {
      last += distance;
      list.push(last);
    });
    if (!Number.isSafeInteger(last)) throw new BadValue();
    return list;
  },
};

/** A column of whole numbers from 0, in any order. */
export const numbers: Column<ArrayLike<number>> = {
  type: 'text',
  expected: 'whole numbers from 0, packed',
  encode: packNumbers,
  decode: (raw) => {
    if (typeof raw !== 'string') throw new BadValue();
    const bytes = Buffer.from(raw, 'base64');
    // Nearly always each takes one byte, and a hundred thousand of them are read to count what a fifth of all sets has.
    if (areWhole(bytes)) return bytes;
    const list: number[] = [];
    visitNumbers(raw, (number) => list.push(number));
    return list;
  },
};

/** Whether each byte is a number. In a loop: a call for each takes ten times as long. */
function areWhole(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] ?? 0) > 127) return false;
  return true;
}
