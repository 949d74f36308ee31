import { Link } from '@tanstack/react-router';
import { countOf } from '../../parts/count.ts';
import { Table } from '../../parts/table.tsx';
import { When } from '../../parts/when.tsx';
import { type Host, isUnpackaged } from './hosts.ts';
import { standings, states } from './words.ts';

/** One host with its processes; open where something on it wants somebody to look, or where it is all that is shown. */
export function HostProcesses({ host, isOnly }: { readonly host: Host; readonly isOnly: boolean }) {
  const { name, processes, restart, unpackaged, tampered, changed } = host;
  return (
    <details open={isOnly || restart + unpackaged + tampered + changed > 0} className="host">
      <summary>
        <strong>{name}</strong>{' '}
        <span className="quiet">{countOf(processes.length, 'process', 'processes')}</span>
        {restart > 0 && <span className="state held">{restart} to be restarted</span>}
        {unpackaged > 0 && <span className="state held">{unpackaged} from no package</span>}
        {tampered > 0 && <span className="state blocked">{tampered} tampered with</span>}
        {changed > 0 && <span className="state held">{changed} changed after their build</span>}
      </summary>
      <Table name={`Processes of ${name}`} heads={['Program', 'Process', 'Standing', 'On disk', 'Since']}>
        {processes.map((one) => {
          const { pid, path, digest, standing, state, stale, restart, since } = one;
          return (
            <tr key={pid}>
              <td className="breaks">
                {standing === 'known' && digest !== null ? (
                  <Link to="/artefacts/$id" params={{ id: digest }}>
                    {path}
                  </Link>
                ) : (
                  path
                )}
              </td>
              <td className="number">{pid}</td>
              <td className={standing === 'tampered' || standing === 'changed' ? 'bad' : undefined}>
                {standings[standing]}
              </td>
              <td className="wide">
                {states[state]}
                {restart && <div className="bad">restart it: it runs what is not on disk any more</div>}
                {isUnpackaged(one) && state !== 'unpackaged' && <div>has loaded what is from no package</div>}
                {stale.length > 0 && (
                  <details>
                    <summary>{countOf(stale.length, 'file')}</summary>
                    <ul>
                      {stale.map((file) => (
                        <li key={file.path} className="breaks">
                          <code>{file.path}</code> {states[file.state]}
                        </li>
                      ))}
                    </ul>
                  </details>
                )}
              </td>
              <td>
                <When at={since} />
              </td>
            </tr>
          );
        })}
      </Table>
    </details>
  );
}
