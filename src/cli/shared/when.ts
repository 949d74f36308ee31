import { sayDuration } from '../../policy/duration.ts';

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
  return away > 0 ? `in ${sayLong(away)}` : `${sayLong(-away)} ago`;
}

const day = 24 * 60 * 60 * 1000;

/** Hours matter to a cool-down, not to a release of last year. */
function sayLong(span: number): string {
  if (span < 60 * day) return sayDuration(span);
  return span < 730 * day
    ? `${Math.floor(span / (30.44 * day))} months`
    : `${Math.floor(span / (365.25 * day))} years`;
}
