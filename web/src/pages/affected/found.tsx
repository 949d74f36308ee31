import { Link } from '@tanstack/react-router';
import type { AffectedJson } from '../../../../src/server/inventory-contract.ts';
import { countOf } from '../../parts/count.ts';
import { ReleaseLink } from '../../parts/release-link.tsx';
import { Table } from '../../parts/table.tsx';
import { Toolbar } from '../../parts/toolbar.tsx';
import { When } from '../../parts/when.tsx';

/** Releases that are meant, each with the shortest upgrade. */
export function Releases({ releases }: { readonly releases: AffectedJson['releases'] }) {
  if (releases.length === 0) return null;
  return (
    <>
      <h2>Releases that have it</h2>
      <Toolbar
        says={countOf(releases.length, 'release')}
        name="affected-releases"
        rows={() => [
          ['component', 'artefacts', 'processes', 'fixed', 'next'],
          ...releases.map(({ component, artefacts, processes, fixed, next }) => [
            component,
            String(artefacts),
            String(processes),
            fixed ?? '',
            next ?? '',
          ]),
        ]}
      />
      <Table name="Releases" heads={['Release', 'Artefacts', 'Loaded by', 'Fixed in', 'Shortest upgrade']}>
        {releases.map(({ component, kind, name, version, artefacts, processes, fixed, next }) => (
          <tr key={component}>
            <td>
              {kind === 'cargo' && version !== null ? (
                <ReleaseLink crate={name} version={version} />
              ) : (
                <>
                  {name} {version}
                </>
              )}
            </td>
            <td>{artefacts}</td>
            <td>{countOf(processes, 'process', 'processes')}</td>
            <td>{fixed ?? <span className="quiet">no version yet</span>}</td>
            <td>{next === null ? <span className="quiet">none</span> : <code>{next}</code>}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}

/** Artefacts that have one, with the way by which it came into them, and where they run. */
export function Artefacts({ artefacts }: { readonly artefacts: AffectedJson['artefacts'] }) {
  if (artefacts.length === 0) return null;
  return (
    <>
      <h2>Artefacts that have it</h2>
      <Table name="Artefacts" heads={['Artefact', 'The way to it', 'Runs on']}>
        {artefacts.map(({ artefact, findings, running }) => (
          <tr key={artefact.id}>
            <td>
              <Link to="/artefacts/$id" params={{ id: artefact.id }} className="release">
                {artefact.name} <span className="version">{artefact.version}</span>
              </Link>
              <div className="quiet">{artefact.target}</div>
            </td>
            <td className="wide">
              {findings.map(({ component, name, version, scope, path }) => (
                <div key={component}>
                  {path.length > 0 ? path.join(' › ') : `${name} ${version ?? ''}, it is not known how`}
                  {scope === 'build' && <span className="quiet"> while it was built</span>}
                </div>
              ))}
            </td>
            <td>
              {running.length === 0 ? (
                <span className="quiet">nowhere that is known</span>
              ) : (
                running.map(({ host, path, processes, restart, seen }) => (
                  <div key={`${host} ${path}`}>
                    {host}{' '}
                    <span className="quiet">
                      {countOf(processes, 'process', 'processes')}, <When at={seen} />
                    </span>
                    {restart > 0 && <span className="bad"> {restart} to be restarted</span>}
                  </div>
                ))
              )}
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}

/** Where a library of a distribution is loaded, whoever built the program. */
export function Loaded({ loaded }: { readonly loaded: AffectedJson['loaded'] }) {
  if (loaded.programs.length === 0) return null;
  return (
    <>
      <h2>Loaded on {countOf(loaded.hosts, 'host')}</h2>
      <Toolbar
        says={countOf(loaded.programs.length, 'program')}
        name="loaded"
        rows={() => [
          ['host', 'program', 'processes', 'to be restarted', 'has loaded'],
          ...loaded.programs.map(({ host, path, processes, restart, objects }) => [
            host,
            path,
            String(processes),
            String(restart),
            objects.map((one) => one.path).join(' '),
          ]),
        ]}
      />
      <Table name="Programs" heads={['Host', 'Program', 'Processes', 'Has loaded']}>
        {loaded.programs.map(({ host, path, processes, restart, objects }) => (
          <tr key={`${host} ${path}`}>
            <td>{host}</td>
            <td className="breaks">{path}</td>
            <td>
              {processes}
              {restart > 0 && <div className="bad">{restart} to be restarted</div>}
            </td>
            <td className="breaks">
              {objects.map(({ path, component, how }) => (
                <div key={path}>
                  <code>{path}</code>{' '}
                  <span className="quiet">{`${component}${how === 'loaded' ? '' : `, ${how}`}`}</span>
                </div>
              ))}
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}
