import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { changeQuery } from '../../api/changes.ts';
import { Copyable } from '../../parts/copyable.tsx';
import { countOf } from '../../parts/count.ts';
import { ReleaseLink } from '../../parts/release-link.tsx';
import { Table } from '../../parts/table.tsx';
import { Toolbar } from '../../parts/toolbar.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { When } from '../../parts/when.tsx';
import { Features } from './features.tsx';
import { Findings } from './findings.tsx';
import { ChangeName } from './name.tsx';
import { type Change, kinds, looks, placeOf, verdicts, versionsOf } from './words.ts';

const route = getRouteApi('/changes/$id');

/** One change: the verdict on it, what it brings in and why that is refused, what it switches on. */
export function ChangePage() {
  const { id } = route.useParams();
  const { data, error } = useQuery(changeQuery(id));
  if (error !== null) return <Trouble error={error} />;
  if (data === undefined) return <p aria-busy="true">Reading…</p>;
  const { name, file, at, by, judged, compared, verdict, until, policy, report } = data;
  const { changes, debt, commands } = report;
  const rows = () => [
    ['kind', 'crate', 'from', 'to', 'source', 'place', 'rule', 'effect', 'message', 'next', 'why'],
    ...changes.flatMap((change) =>
      (change.findings.length === 0 ? [undefined] : change.findings).map((finding) => [
        change.kind,
        change.crate,
        change.from ?? '',
        change.to ?? '',
        change.toSource ?? change.fromSource ?? '',
        placeOf(finding === undefined ? change.span : { ...change.span, ...finding.evidence }),
        finding?.rule ?? '',
        finding?.effect ?? '',
        finding?.message ?? '',
        finding?.next ?? '',
        change.why.join('; '),
      ]),
    ),
  ];
  const found = changes.flatMap(({ findings }) => findings);
  return (
    <>
      <p>
        <Link to="/changes">Changes</Link>
      </p>
      <header className="release-head">
        <h1>
          <ChangeName name={name} />
        </h1>
        <span className={`state ${looks[verdict]}`}>{verdicts[verdict]}</span>
        <span className="quiet">
          {until !== null && (
            <>
              ends <When at={until} />,{' '}
            </>
          )}
          {by} asked <When at={at} />
        </span>
      </header>
      <p className="quiet">
        {compared ? 'What the change makes of ' : 'All of '}
        <code>{file}</code>, judged {judged === 'server' ? 'here' : `where the project is, as ${by} told it,`}{' '}
        under the policy <code>{policy.slice(0, 12)}</code>.
      </p>
      {commands.length > 0 && (
        <section>
          <h2>What would pass</h2>
          {judged === 'project' && <p className="quiet">As {by} told it: read it before you run it.</p>}
          <ul className="commands">
            {commands.map((command) => (
              <li key={command}>
                <Copyable text={command} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <h2>What is against it ({found.length})</h2>
      {found.length === 0 ? (
        <p className="empty">No rule says anything against what it brings in.</p>
      ) : (
        <Findings findings={found} />
      )}
      <p>
        <Link to="/graph" search={{ change: id }}>
          The graph of the lockfile
        </Link>
      </p>
      <h2>What changes</h2>
      <Toolbar says={countOf(changes.length, 'change')} name="change" rows={rows} />
      {changes.length === 0 ? (
        <p className="empty">Nothing changes that concerns the build.</p>
      ) : (
        <Table name="What changes" heads={['Package', 'What', 'Place', 'Findings', 'By way of']}>
          {changes.map((change) => (
            <tr key={`${change.kind} ${change.crate} ${change.from} ${change.to} ${change.toSource}`}>
              <td>
                <Package change={change} />
              </td>
              <td>
                {kinds[change.kind]}
                {change.from !== change.to && change.from !== undefined && change.to !== undefined && (
                  <div className="version">{versionsOf(change)}</div>
                )}
                {change.newSource === true && <div className="quiet">from a new source</div>}
                {change.tier !== undefined && change.tier.tier !== 'standard' && (
                  <div className="quiet">{change.tier.tier}, runs at build time</div>
                )}
              </td>
              <td>
                <code>{placeOf(change.span)}</code>
              </td>
              <td>{change.findings.map(({ rule }) => rule).join(', ')}</td>
              <td className="wide">
                {change.why.map((path) => (
                  <div key={path}>{path}</div>
                ))}
              </td>
            </tr>
          ))}
        </Table>
      )}
      <h2>What is switched on or off</h2>
      <Features changes={changes} />
      <h2>What was there before ({debt.length})</h2>
      {debt.length === 0 ? (
        <p className="empty">Nothing is found of what stays as it was.</p>
      ) : (
        <details>
          <summary>It fails no change: {countOf(debt.length, 'finding')}</summary>
          <Findings findings={debt} />
        </details>
      )}
    </>
  );
}

/** The registry whose releases have pages here by their names alone. */
const known = 'registry+https://github.com/rust-lang/crates.io-index';

function Package({ change: { crate, from, to, toSource, fromSource } }: { readonly change: Change }) {
  const version = to ?? from;
  const source = toSource ?? fromSource;
  if (version !== undefined && source === known) return <ReleaseLink crate={crate} version={version} />;
  return (
    <>
      <strong>{crate}</strong> <span className="version">{version}</span>
      {source !== undefined && <div className="quiet breaks">{source}</div>}
    </>
  );
}
