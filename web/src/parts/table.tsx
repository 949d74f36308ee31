import type { ReactNode } from 'react';

/** A column's name; a hidden one is told to those who hear the page. */
export type Head = string | { readonly hidden: string };

/**
 * Rows under their heads. It may be wider than the screen and scrolls by itself, by keys too: so it takes the focus,
 * and has a name.
 */
export function Table({
  name,
  heads,
  children,
}: {
  readonly name: string;
  readonly heads: readonly Head[];
  readonly children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above.
    <section className="scrolls" tabIndex={0} aria-label={name}>
      <table className="rows">
        <thead>
          <tr>
            {heads.map((head) =>
              typeof head === 'string' ? (
                <th key={head} scope="col">
                  {head}
                </th>
              ) : (
                <th key={head.hidden} scope="col">
                  <span className="hidden">{head.hidden}</span>
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}
