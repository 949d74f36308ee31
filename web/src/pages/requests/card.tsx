import type { RequestJson } from '../../../../src/server/requests-contract.ts';
import { type Act, actsFor, actWords } from '../../parts/decide.tsx';
import { hasAsked } from '../../parts/has-asked.ts';
import { ReleaseLink } from '../../parts/release-link.tsx';
import { Says } from '../../parts/says.tsx';
import { State } from '../../parts/state.tsx';
import { When } from '../../parts/when.tsx';

/** What a person may do here. */
export interface May {
  readonly ask: boolean;
  readonly decide: boolean;
  /** Their name; absent: nobody is signed in. */
  readonly name: string | undefined;
}

/** One release that people need: who, what for, what of it waits for whom, and what can be done. */
export function Card({
  request: { release, asked, parts, decisions },
  may,
  isCurrent,
  onAct,
  onAsk,
}: {
  readonly request: RequestJson;
  readonly may: May;
  readonly isCurrent: boolean;
  readonly onAct: (act: Act) => void;
  readonly onAsk: () => void;
}) {
  const isOwn = hasAsked(may.name, asked);
  const acts = actsFor(release).filter((act) => act === 'approve' || act === 'reject');
  const isOpen = release.state !== 'promoted' && release.state !== 'withdrawn';
  return (
    <li className={isCurrent ? 'card current' : 'card'} aria-current={isCurrent ? 'true' : undefined}>
      <h2>
        <ReleaseLink {...release} /> <State state={release.state} />
      </h2>
      <ul className="askers">
        {asked.map(({ by, reason, at }) => (
          <li key={by}>
            <strong>{by}</strong>{' '}
            <span className="quiet">
              <When at={at} />
            </span>
            : {reason}
          </li>
        ))}
      </ul>
      {parts.length > 0 && (
        <ul className="parts">
          {parts.map(({ rule, message, owners, answered }) => (
            <li key={`${rule} ${message}`} className={answered ? 'answer' : undefined}>
              {answered ? '✓' : '○'} <strong>{rule}</strong>: <Says text={message} />{' '}
              <span className="quiet">
                {answered
                  ? 'answered'
                  : owners.length > 0
                    ? `${owners.join(' or ')} answers it`
                    : 'waits for a reviewer'}
              </span>
            </li>
          ))}
        </ul>
      )}
      {release.state === 'held' && release.until !== undefined && (
        <p className="quiet">
          It is handed out by itself <When at={release.until} />.
        </p>
      )}
      {decisions[0] !== undefined && (
        <p className="quiet">
          {decisions[0].by} {decisions[0].kind === 'approve' ? 'approved' : 'rejected'}{' '}
          <When at={decisions[0].at} />: {decisions[0].reason}
        </p>
      )}
      <div className="acts">
        {may.decide &&
          !isOwn &&
          acts.map((act) => (
            <button key={act} type="button" onClick={() => onAct(act)}>
              {actWords[act]}
            </button>
          ))}
        {may.decide && isOwn && acts.length > 0 && (
          <span className="quiet">You asked for it: somebody else decides.</span>
        )}
        {may.ask && !isOwn && isOpen && (
          <button type="button" className="plain" onClick={onAsk}>
            I need it, too
          </button>
        )}
      </div>
    </li>
  );
}
