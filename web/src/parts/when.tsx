import { useSyncExternalStore } from 'react';
import { lengthOf, relative } from './relative.ts';

/** Milliseconds between two looks at the clock. */
const tick = 30_000;

let now = Date.now();
const listeners = new Set<() => void>();
let timer: number | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= window.setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, tick);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.clearInterval(timer);
    timer = undefined;
  };
}

/**
 * A time (RFC 3339) as people say it, with the whole of it on hover; `exact`: with its day and minute (UTC) beside, for
 * what is looked up later.
 */
export function When({ at, exact = false }: { readonly at: string; readonly exact?: boolean }) {
  useSyncExternalStore(subscribe, () => now);
  return (
    <time
      dateTime={at}
      title={new Date(at).toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'long' })}
    >
      {exact && `${at.slice(0, 10)} ${at.slice(11, 16)} UTC, `}
      {relative(Date.parse(at), Date.now())}
    </time>
  );
}

/** How long something has been as it is: `for 9 days`. */
export function For({ since }: { readonly since: string }) {
  useSyncExternalStore(subscribe, () => now);
  return (
    <time
      dateTime={since}
      title={new Date(since).toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'long' })}
    >
      for {lengthOf(Date.now() - Date.parse(since))}
    </time>
  );
}
