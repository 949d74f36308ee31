import type { ReleaseJson } from '../../../../src/server/contract.ts';
import { Says } from '../../parts/says.tsx';

/** What is asked of a person and not answered yet, beside the code that it is about. */
export function Asked({ release }: { readonly release: ReleaseJson }) {
  const asked = release.verdict.findings.filter(
    ({ effect, waived, answered }) => effect === 'review' && waived === undefined && answered === undefined,
  );
  if (asked.length === 0) return null;
  return (
    <section aria-label="What is asked">
      <h2>What is asked of a person</h2>
      <ul>
        {asked.map(({ rule, message }) => (
          <li key={`${rule} ${message}`}>
            <Says text={message} />
          </li>
        ))}
      </ul>
    </section>
  );
}
