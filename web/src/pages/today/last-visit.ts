import { useEffect, useState } from 'react';

const name = 'safeguard.last-visit';
/** Milliseconds away after which one was away. */
const away = 30 * 60_000;

interface Visit {
  /** When the visit before this one ended, and when this one was last seen: epoch milliseconds. */
  readonly before: number;
  readonly seen: number;
}

/** When this browser was here before this visit, epoch milliseconds; now, where it never was. */
export function useLastVisit(): number {
  const [visit] = useState(() => next(kept(), Date.now()));
  useEffect(() => {
    const keep = () => localStorage.setItem(name, JSON.stringify({ ...visit, seen: Date.now() }));
    keep();
    window.addEventListener('pagehide', keep);
    return () => window.removeEventListener('pagehide', keep);
  }, [visit]);
  return visit.before;
}

/** A visit goes on where one was here a moment ago; else what was seen last is what is new since. */
export function next(before: Visit | undefined, now: number): Visit {
  if (before === undefined || before.seen > now) return { before: now, seen: now };
  return now - before.seen > away ? { before: before.seen, seen: now } : { ...before, seen: now };
}

function kept(): Visit | undefined {
  try {
    const { before, seen } = JSON.parse(localStorage.getItem(name) ?? '{}') as Partial<Visit>;
    return typeof before === 'number' && typeof seen === 'number' ? { before, seen } : undefined;
  } catch {
    return undefined;
  }
}
