import { Link } from '@tanstack/react-router';
import type { PolicyJson } from '../../../../src/server/policy-contract.ts';
import { saveAs } from '../../parts/save.ts';
import { When } from '../../parts/when.tsx';

/** The policies that were in force, the newest first, each with its whole text and the way back to it. */
export function History({ history }: { readonly history: PolicyJson['history'] }) {
  return (
    <ol className="past">
      {history.map(({ digest, at, text }, index) => (
        <li key={`${at} ${digest}`}>
          <details>
            <summary>
              <code>{digest.slice(0, 12)}</code> <When at={at} /> {index === 0 && <strong>in force</strong>}
            </summary>
            <pre>{text === '' ? '(empty: every value is the default)' : text}</pre>
            {index > 0 && (
              <div className="acts">
                <Link className="button" to="/policy" search={{ tab: 'trial', from: digest }}>
                  Go back to this one
                </Link>
                <button type="button" onClick={() => saveAs('safeguard.toml', 'application/toml', text)}>
                  Save the file
                </button>
              </div>
            )}
          </details>
        </li>
      ))}
    </ol>
  );
}
