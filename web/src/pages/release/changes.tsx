import type { CodeJson } from '../../../../src/server/code-contract.ts';
import { sidesOf } from '../../code/sides.ts';
import { Visible } from '../../code/visible.tsx';

const words = { added: 'new', removed: 'gone', changed: 'changed' } as const;

/** What differs from the version before, item by item, the two side by side. */
export function Changes({
  code,
  onPlace,
}: {
  readonly code: CodeJson;
  readonly onPlace: (file: string, line: number) => void;
}) {
  if (code.diff.length === 0)
    return (
      <p className="empty">
        What runs at build time is the same as in {code.against}, but for layout and comments.
      </p>
    );
  return (
    <ol className="changes">
      {code.diff.map(({ kind, item, file, line, patch }) => (
        <li key={`${file} ${item} ${line} ${kind}`}>
          <h3>
            <code>{item}</code> <span className={`change ${kind}`}>{words[kind]}</span>{' '}
            <button type="button" className="place" onClick={() => onPlace(file, line)}>
              {file}:{line}
            </button>
          </h3>
          <table className="sides">
            <thead className="hidden">
              <tr>
                <th scope="col">{code.against}</th>
                <th scope="col">{code.version}</th>
              </tr>
            </thead>
            <tbody>
              {sidesOf(patch).map(({ before, after }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the patch never changes.
                <tr key={index}>
                  <td className={before === after ? 'same' : before === undefined ? undefined : 'was'}>
                    <Visible text={before ?? ''} />
                  </td>
                  <td className={after !== undefined && before !== after ? 'is' : undefined}>
                    <Visible text={after ?? ''} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </li>
      ))}
    </ol>
  );
}
