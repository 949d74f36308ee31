import { sayDuration } from '../policy/duration.ts';

/** A time both ways: `2026-08-23 07:11 UTC (in 2 days 4 hours)`. */
export function sayWhen(time: string, now: number): string {
  return `${sayTime(time)} (${sayRelative(time, now)})`;
}

/** The absolute part: `2026-08-23 07:11 UTC`. */
export function sayTime(time: string): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function sayRelative(time: string, now: number): string {
  const away = Date.parse(time) - now;
  if (Math.abs(away) < 60_000) return 'now';
  return away > 0 ? `in ${sayDuration(away)}` : `${sayDuration(-away)} ago`;
}
