import { Link } from '@tanstack/react-router';
import type { DecisionJson, ReleaseJson } from '../../../../src/server/contract.ts';
import type { ReleaseId } from '../../api/queries.ts';
import { Says } from '../../parts/says.tsx';
import { When } from '../../parts/when.tsx';
import { Evidence } from './evidence.tsx';

type Finding = ReleaseJson['verdict']['findings'][number];

const effects: Readonly<Record<Finding['effect'], string>> = {
  deny: 'refuses it',
  review: 'asks a person',
  hold: 'holds it',
  warn: 'warns',
};

/** What each rule says of the release, the strictest first, and what people answered. */
export function Verdict({
  id,
  release,
  decisions,
}: {
  readonly id: ReleaseId;
  readonly release: ReleaseJson;
  readonly decisions: readonly DecisionJson[];
}) {
  const { findings } = release.verdict;
  return (
    <>
      {findings.length === 0 && <p className="empty">No rule says anything against it.</p>}
      <ol className="findings">
        {findings.map((finding) => (
          <li
            key={`${finding.rule} ${finding.message}`}
            id={finding.rule}
            className={
              finding.waived === undefined && finding.answered === undefined ? finding.effect : 'answered'
            }
          >
            <h2>
              <a href={`#${finding.rule}`}>{finding.rule}</a>{' '}
              <span className="quiet">{effects[finding.effect]}</span>
            </h2>
            <p>
              <Says text={finding.message} />
            </p>
            {finding.next !== '' && (
              <p className="next">
                <Says text={finding.next} />
              </p>
            )}
            {finding.until !== undefined && (
              <p className="quiet">
                Ends <When at={finding.until} />.
              </p>
            )}
            {finding.waived !== undefined && (
              <p className="answer">
                Waived by {finding.waived.by} until {finding.waived.expires}: {finding.waived.reason}
              </p>
            )}
            {finding.answered !== undefined && (
              <p className="answer">
                Answered by {finding.answered.who.join(', ')} ({finding.answered.by}): {finding.answered.says}
              </p>
            )}
            <Evidence evidence={finding.evidence} />
            {codeRules.has(finding.rule) && (
              <p>
                <Link
                  to="/releases/$crate/$version"
                  params={{ crate: id.crate, version: id.version }}
                  search={{ registry: id.registry, tab: 'code' }}
                >
                  Look at the code
                </Link>
              </p>
            )}
          </li>
        ))}
      </ol>
      {decisions.length > 0 && (
        <section>
          <h2>What people decided</h2>
          <ul className="decisions">
            {decisions.map(({ kind, by, at, reason, standing, until, takenBack }) => (
              <li key={`${at} ${by} ${kind}`} className={standing === 'stands' ? undefined : 'over'}>
                <strong>{by}</strong> {kind === 'approve' ? 'approved' : 'rejected'} <When at={at} />:{' '}
                {reason}
                <span className="quiet">
                  {until !== undefined && ` (until ${until.slice(0, 10)})`}
                  {takenBack !== undefined && `, taken back by ${takenBack.by}: ${takenBack.reason}`}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** Rules that are about what code can do. */
const codeRules: ReadonlySet<string> = new Set(['build-code', 'capability-added', 'hidden-code', 'binaries']);
