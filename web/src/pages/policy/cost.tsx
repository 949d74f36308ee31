import type { SimulatedJson } from '../../../../src/server/policy-contract.ts';
import { countOf } from '../../parts/count.ts';
import { ReleaseLink } from '../../parts/release-link.tsx';
import { Table } from '../../parts/table.tsx';
import { tomlOf } from '../../parts/toml.ts';
import { Toolbar } from '../../parts/toolbar.tsx';
import { When } from '../../parts/when.tsx';

type Outcome = SimulatedJson['differing'][number]['before'];

const ends = [
  ['atOnce', 'handed out at once'],
  ['later', 'handed out later'],
  ['held', 'still held'],
  ['review', 'wait for a person'],
  ['denied', 'refused'],
] as const;

/** What a policy that was tried would have done otherwise. */
export function Cost({ tried, days }: { readonly tried: SimulatedJson; readonly days: number }) {
  const { isSame, changed, before, after, releases, crates, isPart, count, differing } = tried;
  const rows = () => [
    ['crate', 'version', 'published', 'before', 'after', 'rules'],
    ...differing.map(({ crate, version, published, before, after, rules }) => [
      crate,
      version,
      published,
      sayEnd(before),
      sayEnd(after),
      rules.join(' '),
    ]),
  ];
  return (
    <section aria-label="What it would have done">
      <h2>What it would have done</h2>
      <p role="status">
        {isSame
          ? 'It judges as the one in force does.'
          : `${count} of ${countOf(releases, 'release')} would have ended otherwise, or at another time.`}{' '}
        <span className="quiet">
          {countOf(crates, 'crate')} of the last {countOf(days, 'day')}
          {isPart && ', the first of them'}; what people decided is left out.
        </span>
      </p>
      {changed.length > 0 && (
        <ul>
          {changed.map(({ section, key, before, after }) => (
            <li key={`${section}.${key}`}>
              <code>
                {section}.{key}
              </code>
              : <del>{tomlOf(before)}</del> <ins>{tomlOf(after)}</ins>
            </li>
          ))}
        </ul>
      )}
      <Toolbar
        says={`${countOf(releases, 'release')} under each`}
        name="policy-trial-in-all"
        rows={() => [
          ['releases', 'in force', 'tried'],
          ...ends.map(([end, word]) => [word, String(before[end]), String(after[end])]),
        ]}
      />
      <Table name="What became of releases" heads={['Releases', 'In force', 'Tried', 'Difference']}>
        {ends.map(([end, word]) => (
          <tr key={end}>
            <td>{word}</td>
            <td>{before[end]}</td>
            <td>{after[end]}</td>
            <td>{after[end] === before[end] ? '' : signed(after[end] - before[end])}</td>
          </tr>
        ))}
      </Table>
      {differing.length > 0 && (
        <>
          <Toolbar
            says={`${differing.length} of ${countOf(count, 'release')}`}
            name="policy-trial"
            rows={rows}
          />
          <Table
            name="Releases that end otherwise"
            heads={['Release', 'Came out', 'In force', 'Tried', 'By']}
          >
            {differing.map(({ crate, version, published, before, after, rules }) => (
              <tr key={`${crate} ${version}`}>
                <td>
                  <ReleaseLink crate={crate} version={version} />
                </td>
                <td>
                  <When at={published} />
                </td>
                <td>{sayEnd(before)}</td>
                <td>{sayEnd(after)}</td>
                <td>{rules.join(', ')}</td>
              </tr>
            ))}
          </Table>
        </>
      )}
    </section>
  );
}

function sayEnd({ kind, at, until }: Outcome): string {
  switch (kind) {
    case 'admitted':
      return `handed out ${at?.slice(0, 10) ?? ''}`;
    case 'held':
      return until === undefined ? 'held' : `held until ${until.slice(0, 10)}`;
    case 'review':
      return 'waits for a person';
    case 'denied':
      return 'refused';
  }
}

function signed(difference: number): string {
  return difference > 0 ? `+${difference}` : String(difference);
}
