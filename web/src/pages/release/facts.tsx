import { useQuery } from '@tanstack/react-query';
import { explanationQuery, type ReleaseId } from '../../api/queries.ts';
import { countOf } from '../../parts/count.ts';
import { Toolbar } from '../../parts/toolbar.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { When } from '../../parts/when.tsx';

/** What the verdict was made of: each fact with its source and age, and how far the people behind it can be relied on. */
export function Facts({ id }: { readonly id: ReleaseId }) {
  const { data, error } = useQuery(explanationQuery(id));
  if (error !== null) return <Trouble error={error} />;
  if (data === undefined) return <p aria-busy="true">Reading…</p>;
  if (data.kind !== 'release') return <p className="empty">The registry has no such release.</p>;
  const { trust, rules } = data;
  return (
    <>
      {trust !== undefined && (
        <section>
          <h2>People: {trust.score} of 100</h2>
          <Toolbar
            says={countOf(trust.lines.length, 'part')}
            name="people"
            rows={() => [
              ['part', 'points', 'of', 'says'],
              ...trust.lines.map(({ part, points, of, known, says }) => [
                part,
                known ? String(points) : '',
                String(of),
                says,
              ]),
            ]}
          />
          <table className="rows">
            <tbody>
              {trust.lines.map(({ part, points, of, known, says }) => (
                <tr key={part}>
                  <th scope="row">{part}</th>
                  <td className="number">{known ? `${points} of ${of}` : 'unknown'}</td>
                  <td>{says}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <section>
        <h2>Facts</h2>
        <dl className="facts">
          {Object.entries(data.case.facts).map(([name, fact]) => (
            <div key={name}>
              <dt>
                {name}
                <div className="quiet">
                  {fact.source}, <When at={fact.at} />
                </div>
              </dt>
              <dd>
                {fact.kind === 'unknown' ? (
                  <em>unknown: {String(fact.reason)}</em>
                ) : (
                  // What scrolls takes the focus, so that keys can scroll it.
                  // biome-ignore lint/a11y/noNoninteractiveTabindex: see above.
                  <pre tabIndex={0}>{JSON.stringify(fact.value, asTime, 2)}</pre>
                )}
              </dd>
            </div>
          ))}
        </dl>
      </section>
      <section>
        <h2>Rules that looked at it</h2>
        <ul className="few">
          {rules.map(({ id: rule, findings }) => (
            <li key={rule}>
              {rule}
              {findings > 0 && <strong> {findings}</strong>}
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

/** Facts keep times as epoch milliseconds; nothing else in them is as large. */
function asTime(_name: string, value: unknown): unknown {
  return typeof value === 'number' && value > 1e12 && value < 1e13 ? new Date(value).toISOString() : value;
}
