import { BadValue, type Column } from '../column.ts';

/**
 * Ascending whole numbers as a short text: the distance from each to the next in base 128, the lowest digits first (LEB128), in
 * base64. Numbers that lie close take a byte or two.
 */
export function packAscending(numbers: readonly number[]): string {
  const bytes = new Uint8Array(numbers.length * 8);
  let at = 0;
  let last = 0;
  for (const number of numbers) {
    let distance = number - last;
    if (!Number.isSafeInteger(number) || distance < 0) throw new BadValue();
    last = number;
    for (; distance > 127; distance = Math.floor(distance / 128)) bytes[at++] = (distance % 128) | 128;
    bytes[at++] = distance;
  }
  return Buffer.from(bytes.buffer, 0, at).toString('base64');
}

/** Those of some ascending numbers that a packed text has. Throws `BadValue` for what is no packed text. */
export function commonWith(text: string, wanted: readonly number[]): readonly number[] {
  const found: number[] = [];
  let next = 0;
  visit(text, (number) => {
    while (next < wanted.length && (wanted[next] ?? 0) < number) next++;
    if (wanted[next] === number) found.push(number);
  });
  return found;
}

function visit(text: string, each: (number: number) => void): void {
  let last = 0;
  let place = 1;
  let distance = 0;
  for (const byte of Buffer.from(text, 'base64')) {
    distance += (byte & 127) * place;
    if (byte > 127) {
      place *= 128;
      continue;
    }
    last += distance;
    if (!Number.isSafeInteger(last)) throw new BadValue();
    each(last);
    distance = 0;
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
    const numbers: number[] = [];
    visit(raw, (number) => numbers.push(number));
    return numbers;
  },
};
