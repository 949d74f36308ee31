/** A clock that moves only when told. */

export type TestClock = {
  /** Milliseconds since 1970; safe to pass around on its own. */
  now(): number;
  iso(): string;
  set(to: string | number): void;
  /** Milliseconds, or a length such as `'90s'`, `'3d'` or `'1h30m'`. */
  advance(by: number | string): void;
};

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

export function testClock(start: string | number): TestClock {
  let time = instant(start);
  return {
    now: () => time,
    // Without a fraction where there is none: cargo (1.95) ignores an index line whose pubtime has one.
    iso: () => new Date(time).toISOString().replace('.000Z', 'Z'),
    set: (to) => {
      time = instant(to);
    },
    advance: (by) => {
      time += typeof by === 'number' ? by : length(by);
    },
  };
}

function instant(value: string | number): number {
  const time = typeof value === 'number' ? value : Date.parse(value);
  if (!Number.isFinite(time)) throw new Error(`not a time: ${value}`);
  return time;
}

function length(text: string): number {
  if (!/^(\d+(ms|[smhdw]))+$/.test(text)) throw new Error(`not a length of time: ${text}`);
  const parts = text.matchAll(/(\d+)(ms|[smhdw])/g);
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? Number.NaN), 0);
}
