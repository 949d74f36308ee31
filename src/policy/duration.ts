import parseDuration from 'parse-duration';
import { z } from 'zod';

const form = /^\s*\d+(\.\d+)?\s*(s|sec|seconds?|m|min|minutes?|h|hours?|d|days?|w|weeks?)\s*$/i;

/** A duration as people write it (`"3d"`, `"12 hours"`); parsed, it is milliseconds. */
export function durationSetting(defaultValue: string) {
  return z
    .string()
    .regex(form, 'expected a duration such as "3d", "12h" or "90 minutes"')
    .default(defaultValue)
    .transform((text) => parseDuration(text) ?? Number.NaN);
}

/** Writes a span of time the way a person says it, largest two units: `2 days 4 hours`, `35 minutes`. */
export function sayDuration(milliseconds: number): string {
  const minutes = Math.max(0, Math.ceil(milliseconds / 60_000));
  const parts = [
    [Math.floor(minutes / 1440), 'day'],
    [Math.floor((minutes % 1440) / 60), 'hour'],
    [minutes % 60, 'minute'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return '0 minutes';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`)
    .join(' ');
}
