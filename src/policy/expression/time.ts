import { Duration, Failure, Timestamp } from './value.ts';

const second = 1_000_000_000n;
const first = -62_135_596_800n * second;
const last = 253_402_300_800n * second - 1n;
const longest = 2n ** 63n - 1n;

/** A timestamp in the years 1 to 9999. */
export function timestamp(nanos: bigint): Timestamp | Failure {
  return nanos < first || nanos > last
    ? new Failure('the time is not in the years 1 to 9999')
    : new Timestamp(nanos);
}

/** A duration that fits into 64 bits of nanoseconds. */
export function duration(nanos: bigint): Duration | Failure {
  return nanos < -longest - 1n || nanos > longest
    ? new Failure('the duration is longer than 292 years')
    : new Duration(nanos);
}

/** A timestamp of epoch milliseconds. */
export function fromMilliseconds(value: bigint | number): Timestamp | Failure {
  if (typeof value === 'bigint') return timestamp(value * 1_000_000n);
  if (!Number.isFinite(value)) return new Failure(`${value} is no time`);
  return timestamp(BigInt(Math.floor(value)) * 1_000_000n);
}

/** Reads RFC 3339. */
export function readTimestamp(text: string): Timestamp | Failure {
  const match = rfc3339.exec(text);
  const seconds =
    match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2]}${(match[4] ?? 'Z').toUpperCase()}`);
  if (Number.isNaN(seconds)) return new Failure(`${quoted(text)} is no RFC 3339 time`);
  const fraction = BigInt((match?.[3] ?? '').padEnd(9, '0'));
  return timestamp(BigInt(seconds) * 1_000_000n + fraction);
}

/** Reads a duration: `720h`, `1h30m`, `-1.5s`; days (`30d`) too, which CEL does not have. */
export function readDuration(text: string): Duration | Failure {
  const match = text.length > 128 ? null : /^([-+]?)(.*)$/s.exec(text);
  const body = match?.[2] ?? '';
  if (body === '0') return new Duration(0n);
  let nanos = 0n;
  let rest = body;
  do {
    const part = /^(\d*)(?:\.(\d*))?(ns|us|µs|ms|s|m|h|d)/.exec(rest);
    const [whole, ones = '', tenths = '', unit = ''] = part ?? [];
    const factor = units[unit];
    if (whole === undefined || factor === undefined || ones + tenths === '')
      return new Failure(`${quoted(text)} is no duration such as "720h" or "30d"`);
    nanos += BigInt(ones === '' ? 0 : ones) * factor;
    nanos += (BigInt(tenths === '' ? 0 : tenths) * factor) / 10n ** BigInt(tenths.length);
    rest = rest.slice(whole.length);
  } while (rest !== '');
  return duration(match?.[1] === '-' ? -nanos : nanos);
}

/** A timestamp as RFC 3339 in UTC, with as many decimals (0, 3, 6, 9) as it needs. */
export function sayTimestamp({ nanos }: Timestamp): string {
  const text = toDate(new Timestamp(nanos)).toISOString().slice(0, 19);
  const below = ((nanos % second) + second) % second;
  return `${text}${below === 0n ? '' : decimals(below)}Z`;
}

/** A duration in seconds, as protobuf's JSON has it: `5400s`, `1.500s`. */
export function sayDurationSeconds({ nanos }: Duration): string {
  const absolute = nanos < 0n ? -nanos : nanos;
  const below = absolute % second;
  return `${nanos < 0n ? '-' : ''}${absolute / second}${below === 0n ? '' : decimals(below)}s`;
}

/** For the getters, which count in UTC: the machine's time zone must not show in a verdict. */
export function toDate({ nanos }: Timestamp): Date {
  const milliseconds = nanos / 1_000_000n;
  return new Date(Number(nanos % 1_000_000n < 0n ? milliseconds - 1n : milliseconds));
}

/** Whole units of a duration, towards zero. */
export function wholeUnits({ nanos }: Duration, unit: 'h' | 'm' | 's'): bigint {
  return nanos / (units[unit] ?? 1n);
}

/** A text in a message: quoted, and cut. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

const rfc3339 = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[-+]\d\d:\d\d)$/;
const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  ms: 1_000_000n,
  s: second,
  m: 60n * second,
  h: 3600n * second,
  d: 86_400n * second,
};

function decimals(nanos: bigint): string {
  return `.${nanos
    .toString()
    .padStart(9, '0')
    .replace(/(?:000){1,2}$/, '')}`;
}
