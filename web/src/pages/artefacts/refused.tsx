import type { ArtefactJson } from '../../../../src/server/artefact-contract.ts';
import { Table } from '../../parts/table.tsx';
import { When } from '../../parts/when.tsx';

/** Signatures that came with an artefact and do not count: a slip of a build, or somebody who tries. */
export function Refused({ refused }: { readonly refused: ArtefactJson['refused'] }) {
  return (
    <>
      <h2>Signatures that do not count</h2>
      <Table name="Signatures that do not count" heads={['Why', 'Sent by', 'Last', 'Times']}>
        {refused.map(({ reason, by, last, times }) => (
          <tr key={`${reason} ${by}`}>
            <td className="breaks">{reason}</td>
            <td>{by}</td>
            <td>
              <When at={last} />
            </td>
            <td>{times}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}
