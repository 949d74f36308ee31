import type { PolicyJson } from '../../../../src/server/policy-contract.ts';
import { saveAs } from '../../parts/save.ts';
import { When } from '../../parts/when.tsx';

/** The policies that were in force, the newest first, each with its whole text: to be saved, and put back. */
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
              <button type="button" onClick={() => saveAs('safeguard.toml', 'application/toml', text)}>
                Save this one, to go back to it
              </button>
            )}
          </details>
        </li>
      ))}
    </ol>
  );
}
