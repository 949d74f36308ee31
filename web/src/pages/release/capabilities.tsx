import type { CodeJson } from '../../../../src/server/code-contract.ts';

type Capability = CodeJson['capabilities'][number];

/** What the code can do, what needs somebody's yes first; each with the way to the line that shows it. */
export function Capabilities({
  code,
  onPlace,
}: {
  readonly code: CodeJson;
  readonly onPlace: (file: string, line: number) => void;
}) {
  const grave = code.capabilities.filter((one) => one.grave);
  const others = code.capabilities.filter((one) => !one.grave && one.part !== 'library');
  const library = code.capabilities.filter((one) => one.part === 'library');
  return (
    <div className="capabilities">
      {code.opaque.length > 0 && (
        <section className="grave">
          <h2>Nobody can read</h2>
          <ul>
            {code.opaque.map(({ file, line, reason }) => (
              <li key={`${file} ${line} ${reason}`}>
                <Place file={file} line={line} onPlace={onPlace} /> {reason}
              </li>
            ))}
          </ul>
        </section>
      )}
      {grave.length > 0 && (
        <section className="grave">
          <h2>Needs somebody’s yes</h2>
          <List of={grave} onPlace={onPlace} />
        </section>
      )}
      {others.length > 0 && (
        <details>
          <summary>{others.length} more at build time</summary>
          <List of={others} onPlace={onPlace} />
        </details>
      )}
      {library.length > 0 && (
        <details>
          <summary>{library.length} in the library</summary>
          <List of={library} onPlace={onPlace} />
        </details>
      )}
    </div>
  );
}

function List({
  of,
  onPlace,
}: {
  readonly of: readonly Capability[];
  readonly onPlace: (file: string, line: number) => void;
}) {
  return (
    <ul>
      {of.map(({ kind, says, name, file, line, confidence }) => (
        <li key={`${file} ${line} ${kind} ${name}`}>
          <Place file={file} line={line} onPlace={onPlace} /> {says}
          {name !== undefined && (
            <>
              : <code>{name}</code>
            </>
          )}
          {confidence !== 'certain' && <span className="quiet"> ({confidence})</span>}
        </li>
      ))}
    </ul>
  );
}

function Place({
  file,
  line,
  onPlace,
}: {
  readonly file: string;
  readonly line: number;
  readonly onPlace: (file: string, line: number) => void;
}) {
  return (
    <button type="button" className="place" onClick={() => onPlace(file, line)}>
      {file}:{line}
    </button>
  );
}
