const units: readonly [milliseconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [365 * 86_400_000, 'year'],
  [30 * 86_400_000, 'month'],
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
];

const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** How far a time is from now, in the largest unit of which there is a whole one; both in epoch milliseconds. */
export function relative(at: number, now: number): string {
  const away = at - now;
  const [length, unit] = units.find(([length]) => Math.abs(away) >= length) ?? [1, undefined];
  if (unit === undefined) return away > 0 ? 'in less than a minute' : 'just now';
  return words.format(Math.trunc(away / length), unit);
}

/** A length of time (milliseconds) in the largest unit of which there is a whole one. */
export function lengthOf(length: number): string {
  const [one, unit] = units.find(([one]) => length >= one) ?? [1, undefined];
  if (unit === undefined) return 'less than a minute';
  return new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long' }).format(
    Math.trunc(length / one),
  );
}
