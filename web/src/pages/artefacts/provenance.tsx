import type { ArtefactJson } from '../../../../src/server/inventory-contract.ts';
import { When } from '../../parts/when.tsx';
import { completenesses, trusts } from './words.ts';

/** Where an artefact comes from, link by link: source, build, bytes, and on whose word that is. */
export function Provenance({ artefact }: { readonly artefact: ArtefactJson }) {
  const { project, commit, built, target, digest, size, format, buildId, trust, by, lastSaid, completeness } =
    artefact;
  return (
    <ol className="chain" aria-label="Where it comes from">
      <li className={project === null && commit === null ? 'missing' : undefined}>
        <h3>Source</h3>
        {project ?? 'nobody said of which project'}
        {commit !== null && (
          <div>
            commit <code>{commit}</code>
          </div>
        )}
      </li>
      <li className={built === null ? 'missing' : undefined}>
        <h3>Build</h3>
        {built === null ? 'nobody said when' : <When at={built} />}
        {target !== null && <div>for {target}</div>}
      </li>
      <li className={digest === null ? 'missing' : undefined}>
        <h3>Bytes</h3>
        {digest === null ? 'nobody showed the file' : <code className="breaks">sha256:{digest}</code>}
        <div className="quiet">
          {[
            format,
            size === null ? null : `${size.toLocaleString('en')} bytes`,
            buildId && `build id ${buildId}`,
          ]
            .filter((one) => one !== null && one !== '')
            .join(', ')}
        </div>
      </li>
      <li className={trust === 'signed' ? 'good' : 'missing'}>
        <h3>{trust === 'signed' ? 'Signed' : 'Not signed'}</h3>
        {trusts[trust]}, told by {by} <When at={lastSaid} />
        <div className="quiet">{completenesses[completeness]}</div>
      </li>
    </ol>
  );
}
