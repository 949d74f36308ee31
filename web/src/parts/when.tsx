import { useSyncExternalStore } from 'react';
import { relative } from './relative.ts';

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

/** A time (RFC 3339) as people say it, with the whole of it on hover. */
export function When({ at }: { readonly at: string }) {
  const current = useSyncExternalStore(subscribe, () => now);
  return (
    <time
      dateTime={at}
      title={new Date(at).toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'long' })}
    >
      {relative(Date.parse(at), current)}
    </time>
  );
}
