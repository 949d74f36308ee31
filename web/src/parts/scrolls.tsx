import type { ReactNode } from 'react';

/** What may be wider than the screen scrolls by itself, by keys too: so it takes the focus, and has a name. */
export function Scrolls({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above.
    <section className="scrolls" tabIndex={0} aria-label={name}>
      {children}
    </section>
  );
}
