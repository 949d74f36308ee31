import { Link } from '@tanstack/react-router';
import type { PolicyJson } from '../../../../src/server/policy-contract.ts';
import { saveAs } from '../../parts/save.ts';
import { When } from '../../parts/when.tsx';
import { changedLines } from './changed-lines.ts';

/** `serve`: it came with a start of the server. */
function sayWho(by: string) {
  return by === 'serve' ? 'a start of the server' : <strong>{by}</strong>;
}

/** The lines in which a policy differs from the one before it. */
function Lines({ text, before }: { readonly text: string; readonly before: string | undefined }) {
  if (before === undefined) return null;
  const { gone, come } = changedLines(before, text);
  return (
    <pre className="changed-lines">
      {gone.map((line) => (
        <del key={line}>{`- ${line}\n`}</del>
      ))}
      {come.map((line) => (
        <ins key={line}>{`+ ${line}\n`}</ins>
      ))}
    </pre>
  );
}

/** The policies that were in force, the newest first, each with its whole text and the way back to it. */
export function History({ history }: { readonly history: PolicyJson['history'] }) {
  return (
    <ol className="past">
      {history.map(({ digest, at, text, by, reason }, index) => (
        <li key={`${at} ${digest}`}>
          <details>
            <summary>
              <When at={at} exact /> {by !== null && <>by {sayWho(by)}, </>}
              {index === 0 && <strong>in force </strong>}
              <code className="quiet">{digest.slice(0, 12)}</code>
              {reason !== null && <div className="why">{reason}</div>}
            </summary>
            <Lines text={text} before={history[index + 1]?.text} />
            <pre>{text === '' ? '(empty: every value is the default)' : text}</pre>
            {index > 0 && (
              <div className="acts">
                <Link className="button" to="/policy" search={{ tab: 'trial', from: digest }}>
                  Go back to this one
                </Link>
                <button type="button" onClick={() => saveAs('safeguard.toml', 'application/toml', text)}>
                  Download the text
                </button>
              </div>
            )}
          </details>
        </li>
      ))}
    </ol>
  );
}
