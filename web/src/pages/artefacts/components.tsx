import { Link } from '@tanstack/react-router';
import type { ArtefactReportJson } from '../../../../src/server/artefact-contract.ts';
import { ReleaseLink } from '../../parts/release-link.tsx';
import { Table } from '../../parts/table.tsx';

type Component = ArtefactReportJson['components'][number];

const relations: Readonly<Record<Component['relation'], string>> = {
  own: 'the project’s own',
  direct: 'asked for by it',
  transitive: 'by way of others',
  unknown: 'not known how',
};

const scopes: Readonly<Record<Component['scope'], string>> = {
  linked: 'in the binary',
  build: 'ran while it was built',
  unknown: 'not known',
};

/** Components under a name: crates lead to their release, all of them to what an advisory would say. */
export function Components({
  name,
  components,
}: {
  readonly name: string;
  readonly components: readonly Component[];
}) {
  return (
    <Table name={name} heads={['Component', 'Where', 'Why', 'Known by']}>
      {components.map(({ component, kind, name, version, source, scope, relation, method, confidence }) => (
        <tr key={component}>
          <td>
            {kind === 'cargo' && version !== null ? (
              <ReleaseLink crate={name} version={version} />
            ) : (
              <>
                <strong>{name}</strong> <span className="version">{version ?? 'of no known version'}</span>
              </>
            )}
            {source !== null && <div className="quiet breaks">{source}</div>}
          </td>
          <td>{scopes[scope]}</td>
          <td>
            {relations[relation]}
            {kind === 'cargo' && version !== null && (
              <div>
                <Link to="/affected" search={{ of: `${name}@=${version}` }}>
                  Where else it is
                </Link>
              </div>
            )}
          </td>
          <td>
            {method}
            {confidence !== 'stated' && <span className="quiet"> ({confidence} confidence)</span>}
          </td>
        </tr>
      ))}
    </Table>
  );
}
