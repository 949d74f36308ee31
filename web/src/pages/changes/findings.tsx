import { Says } from '../../parts/says.tsx';
import { When } from '../../parts/when.tsx';
import { type Finding, placeOf } from './words.ts';

/** What rules say, each with its place. */
export function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  return (
    <ol className="findings">
      {findings.map(
        ({ rule, effect, crate, version, message, evidence, next, until, worse, waived, answered }) => (
          <li
            key={`${rule} ${crate} ${version} ${message}`}
            className={waived === undefined && answered === undefined ? effect : 'answered'}
          >
            <h3>
              {rule} <span className="quiet">{effect}</span>
              {crate !== '' && (
                <>
                  {' '}
                  {crate} <span className="version">{version}</span>
                </>
              )}
            </h3>
            <p>
              <Says text={message} />
            </p>
            {worse !== undefined && <p>It matters more from now on: {worse}.</p>}
            {placeOf(evidence) !== '' && (
              <p className="quiet">
                <code>{placeOf(evidence)}</code>
              </p>
            )}
            {evidence.url !== undefined && /^https?:/.test(evidence.url) && (
              <p>
                <a href={evidence.url} rel="noreferrer">
                  {evidence.advisory ?? evidence.url}
                </a>
              </p>
            )}
            {next !== '' && (
              <p className="next">
                <Says text={next} />
              </p>
            )}
            {until !== undefined && (
              <p className="quiet">
                Ends <When at={until} />.
              </p>
            )}
            {waived !== undefined && (
              <p className="answer">
                Waived by {waived.by} until {waived.expires}: {waived.reason}
              </p>
            )}
            {answered !== undefined && (
              <p className="answer">
                Answered by {answered.who.join(', ')} ({answered.by}): {answered.says}
              </p>
            )}
          </li>
        ),
      )}
    </ol>
  );
}
