import { Link } from '@tanstack/react-router';
import type { AffectedJson } from '../../../../src/server/affected-contract.ts';
import type { ExposureJson } from '../../../../src/server/exposure-contract.ts';
import { Copyable } from '../../parts/copyable.tsx';
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
      <Table name="Releases" heads={['Release', 'Built into', 'Loaded by', 'Fixed in', 'Shortest upgrade']}>
        {releases.map(({ component, kind, name, version, artefacts, processes, fixed, next, obstacle }) => (
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
            <td>{countOf(artefacts, 'artefact')}</td>
            <td>{kind === 'cargo' ? '' : countOf(processes, 'process', 'processes')}</td>
            <td>{fixed ?? <span className="quiet">no version yet</span>}</td>
            <td>
              <Upgrade kind={kind} fixed={fixed} next={next} />
              {obstacle !== null && <div className="quiet">{obstacle}</div>}
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}

/** What to do about it: the line to type, or who has the upgrade. */
function Upgrade({ kind, fixed, next }: Pick<AffectedJson['releases'][number], 'kind' | 'fixed' | 'next'>) {
  if (next !== null) return <Copyable text={next} />;
  if (fixed === null || kind === 'cargo') return <span className="quiet">none is known</span>;
  return <span>{fixed}, by the distribution’s own means; then restart what has it loaded</span>;
}

/** Artefacts that have one, with the way by which it came into them, and where they run. */
export function Artefacts({
  artefacts,
  exposures,
}: {
  readonly artefacts: AffectedJson['artefacts'];
  /** What is open of the advisory that was asked about; empty where none was. */
  readonly exposures: readonly ExposureJson[];
}) {
  if (artefacts.length === 0) return null;
  return (
    <>
      <h2>Artefacts that have it</h2>
      <Table name="Artefacts" heads={['Artefact', 'The way to it', 'Runs on']}>
        {artefacts.map(({ artefact, findings, running, installed, deployed }) => (
          <tr key={artefact.id}>
            <td>
              <Link to="/artefacts/$id" params={{ id: artefact.id }} className="release">
                {artefact.name} <span className="version">{artefact.version}</span>
              </Link>
              <div className="quiet">{artefact.target}</div>
            </td>
            <td className="wide">
              {findings.map(({ component, name, version, scope, path, ranked }) => (
                <div key={component}>
                  {path.length > 0 ? path.join(' › ') : `${name} ${version ?? ''}, it is not known how`}
                  {scope === 'build' && <span className="quiet"> while it was built</span>}
                  {ranked != null && (
                    <div className="quiet">
                      ranks behind the others: {ranked.reason}; it is not said to be safe
                    </div>
                  )}
                </div>
              ))}
            </td>
            <td>
              {deployed.map(({ environment, service, host, by, since }) => (
                <div key={`${environment} ${service} ${host}`}>
                  {[environment, service, host].filter((part) => part !== null).join(', ')}{' '}
                  <span className="quiet">
                    stated by {by}, not seen, since <When at={since} />
                  </span>
                </div>
              ))}
              {installed.map(({ host, environment, path, by, seen, standing }) => (
                <div key={`installed ${host} ${path} ${by}`}>
                  <OnHost host={host} /> {environment !== null && `(${environment}) `}
                  <code>{path}</code>{' '}
                  <span className="quiet">
                    installed, named by {by}, not seen running, last seen <When at={seen} />
                  </span>
                  {standing === 'tampered' && <span className="bad"> tampered with</span>}
                </div>
              ))}
              {running.length + installed.length + deployed.length === 0 ? (
                <span className="quiet">nowhere that is known</span>
              ) : (
                running.map(({ host, environment, path, processes, restart, seen }) => (
                  <div key={`${host} ${path}`}>
                    <OnHost host={host} /> {environment !== null && `(${environment}) `}
                    <code>{path}</code>{' '}
                    <span className="quiet">
                      {countOf(processes, 'process', 'processes')}, last seen <When at={seen} />
                    </span>
                    <Since exposures={exposures} host={host} program={path} />
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
export function Loaded({
  loaded,
  exposures,
}: {
  readonly loaded: AffectedJson['loaded'];
  readonly exposures: readonly ExposureJson[];
}) {
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
            <td>
              <OnHost host={host} />
              <Since exposures={exposures} host={host} program={path} />
            </td>
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

/** A host, as the way to all that runs there. */
function OnHost({ host }: { readonly host: string }) {
  return (
    <Link to="/running" search={{ host }}>
      {host}
    </Link>
  );
}

/** Since when a program on a host is exposed, where that is known. */
function Since({
  exposures,
  host,
  program,
}: {
  readonly exposures: readonly ExposureJson[];
  readonly host: string;
  readonly program: string;
}) {
  const [first] = exposures
    .filter((one) => one.host === host && one.program === program)
    .map(({ opened }) => opened)
    .sort();
  if (first === undefined) return null;
  return (
    <div className="quiet">
      exposed since <When at={first} exact />
    </div>
  );
}
