import type { CodeJson } from '../../../../src/server/code-contract.ts';
import { countOf } from '../../parts/count.ts';

type Capability = CodeJson['capabilities'][number];

/**
 * What the code came to be able to do, then all that it can, what needs somebody's yes first; each with the way to the
 * line that shows it.
 */
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
      {code.against !== undefined && <Delta code={code} against={code.against} onPlace={onPlace} />}
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
          <summary>
            {grave.length === 0
              ? `${countOf(others.length, 'thing')} that it does at build time`
              : `${others.length} more at build time`}
          </summary>
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

/** What is new since the version that it is read beside, and what went. */
function Delta({
  code,
  against,
  onPlace,
}: {
  readonly code: CodeJson;
  readonly against: string;
  readonly onPlace: (file: string, line: number) => void;
}) {
  const added = code.capabilities.filter((one) => one.added === true);
  const isHandedOut = code.againstState === 'promoted';
  return (
    <section className={added.some(({ grave }) => grave) ? 'grave' : undefined}>
      <h2>
        New since {against}
        <span className="quiet">{isHandedOut ? ', which is handed out' : ', which is not handed out'}</span>
      </h2>
      {added.length === 0 ? (
        <p>It can do nothing that {against} could not.</p>
      ) : (
        <List of={added} onPlace={onPlace} />
      )}
      {code.gone.length > 0 && <p className="quiet">No more: {code.gone.join('; ')}.</p>}
    </section>
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
