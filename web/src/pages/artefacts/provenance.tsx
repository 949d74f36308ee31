import { Link } from '@tanstack/react-router';
import type { ArtefactReportJson } from '../../../../src/server/artefact-contract.ts';
import { When } from '../../parts/when.tsx';
import { completenesses, lets, sessions, trusts, verdicts } from './words.ts';

/** Where an artefact comes from, link by link: source, build, bytes, and on whose word that is. */
export function Provenance({
  artefact,
  changes,
  changesUnknown,
}: Pick<ArtefactReportJson, 'artefact' | 'changes' | 'changesUnknown'>) {
  const { project, commit, built, target, digest, size, format, buildId, trust, by, lastSaid, completeness } =
    artefact;
  const { builder, session, verdict, signedBy } = artefact;
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
      <li className={changes.length === 0 ? 'missing' : undefined}>
        <h3>Change</h3>
        {changes.map(({ id, name, verdict: word, at, samePolicy, tie, sameLockfile }) => (
          <div key={id}>
            <Link to="/changes/$id" params={{ id }}>
              {name}
            </Link>
            : {word}, <When at={at} />
            {verdict !== null && !samePolicy && (
              <span className="quiet"> (by another policy than its verdict)</span>
            )}
            <div className="quiet">{ties[tie]}</div>
            {tie === 'commit' && sameLockfile === false && (
              <div className="quiet">its Cargo.lock is another than the one that was judged</div>
            )}
          </div>
        ))}
        {changesUnknown !== null && <div className="quiet">unknown: {changesUnknown}</div>}
      </li>
      <li className={built === null ? 'missing' : undefined}>
        <h3>Build</h3>
        {built === null ? 'nobody said when' : <When at={built} />}
        {target !== null && <div>for {target}</div>}
        {builder !== null && <div className="breaks">by {builder}</div>}
        {session !== null && <div className="quiet">{sessions[session]}</div>}
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
      <li className={verdict === null ? 'missing' : verdict.signed && lets(verdict.word) ? 'good' : 'bad'}>
        <h3>Verdict</h3>
        {verdict === null ? 'nobody said whether it may be let in' : verdicts[verdict.word]}
        {verdict !== null && !verdict.signed && ' (unsigned)'}
        {verdict !== null && verdict.at !== null && (
          <>
            {', '}
            <When at={verdict.at} />
          </>
        )}
        {verdict !== null && verdict.policy !== null && (
          <div className="quiet breaks">by policy {verdict.policy}</div>
        )}
      </li>
      <li className={trust === 'signed' ? 'good' : 'missing'}>
        <h3>{trust === 'signed' ? 'Signed' : 'Not signed'}</h3>
        {trusts[trust]}, told by {by} <When at={lastSaid} />
        {signedBy.length > 0 && <div className="breaks">by {signedBy.join(', ')}</div>}
        <div className="quiet">{completenesses[completeness]}</div>
      </li>
    </ol>
  );
}

const ties = {
  commit: 'its commit is the one that was judged',
  lockfile: 'its Cargo.lock is the one that was judged, and its commit another, or not known',
} as const;
