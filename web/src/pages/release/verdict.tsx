import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { DecisionJson, ReleaseJson } from '../../../../src/server/contract.ts';
import { decisionsQuery, type ReleaseId } from '../../api/queries.ts';
import { ReleaseLink } from '../../parts/release-link.tsx';
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
  maySeeWhere,
}: {
  readonly id: ReleaseId;
  readonly release: ReleaseJson;
  readonly decisions: readonly DecisionJson[];
  /** Whether who looks may see what was built and what runs. */
  readonly maySeeWhere: boolean;
}) {
  const { findings } = release.verdict;
  const { hash } = useLocation();
  const meant = useRef<HTMLLIElement>(null);
  // The browser looked for it before it was there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another finding is meant then.
  useEffect(() => meant.current?.scrollIntoView({ block: 'start' }), [hash]);
  return (
    <>
      {findings.length === 0 && <p className="empty">No rule says anything against it.</p>}
      <ol className="findings">
        {placed(findings).map(({ finding, place }) => (
          <li
            key={place}
            id={place}
            ref={place === hash ? meant : null}
            className={`${finding.waived === undefined && finding.answered === undefined ? finding.effect : 'answered'}${place === hash ? ' meant' : ''}`}
          >
            <h2>
              <a href={`#${place}`}>{finding.rule}</a>{' '}
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
                {Date.parse(finding.until) > Date.now() ? 'Ends' : 'Its time was over'}{' '}
                <When at={finding.until} />.
              </p>
            )}
            {finding.waived !== undefined && (
              <p className="answer">
                Waived by {finding.waived.by} until {finding.waived.expires}: {finding.waived.reason}
              </p>
            )}
            {finding.answered !== undefined && (
              <p className="answer">
                {finding.answered.by === 'people'
                  ? 'Answered: '
                  : `Answered by ${finding.answered.who.join(', ')} (${finding.answered.by}): `}
                {finding.answered.says}
              </p>
            )}
            <Evidence evidence={finding.evidence} />
            {typeof finding.evidence.advisory === 'string' && maySeeWhere && (
              <p>
                <Link to="/affected" search={{ of: finding.evidence.advisory }}>
                  Where it is built in and runs
                </Link>
              </p>
            )}
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
          <Decisions decisions={decisions} />
        </section>
      )}
      <Earlier id={{ ...id, registry: release.registry }} />
    </>
  );
}

/** Findings with the last part of a link to each: its rule, and which of that rule's it is. */
function placed(findings: readonly Finding[]): readonly { finding: Finding; place: string }[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const count = (seen.get(finding.rule) ?? 0) + 1;
    seen.set(finding.rule, count);
    return { finding, place: count === 1 ? finding.rule : `${finding.rule}-${count}` };
  });
}

/** What people said of other releases of the crate: whoever decides need not ask the same again. */
function Earlier({ id }: { readonly id: ReleaseId }) {
  const { data } = useQuery(decisionsQuery(id));
  const others = data?.decisions.filter(({ version }) => version !== id.version) ?? [];
  if (others.length === 0) return null;
  return (
    <section>
      <h2>Said of other releases</h2>
      <Decisions decisions={others} ofRelease />
    </section>
  );
}

function Decisions({
  decisions,
  ofRelease = false,
}: {
  readonly decisions: readonly DecisionJson[];
  /** Whether each is of another one, which is then named. */
  readonly ofRelease?: boolean;
}) {
  return (
    <ul className="decisions">
      {decisions.map((one) => {
        const { kind, by, at, reason, standing, until, takenBack, version } = one;
        return (
          <li key={`${version} ${at} ${by} ${kind}`} className={standing === 'stands' ? undefined : 'over'}>
            {ofRelease && (
              <>
                <ReleaseLink {...one} />{' '}
              </>
            )}
            <strong>{by}</strong> {kind === 'approve' ? 'approved' : 'rejected'} <When at={at} exact />:{' '}
            {reason}
            <span className="quiet">
              {until !== undefined && ` (until ${until.slice(0, 10)})`}
              {takenBack !== undefined && `, taken back by ${takenBack.by}: ${takenBack.reason}`}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** Rules that are about what code can do. */
const codeRules: ReadonlySet<string> = new Set(['build-code', 'capability-added', 'hidden-code', 'binaries']);
