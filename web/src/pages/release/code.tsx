import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import type { CodeJson } from '../../../../src/server/code-contract.ts';
import type { ReleaseJson } from '../../../../src/server/contract.ts';
import { codeQuery, type ReleaseId } from '../../api/queries.ts';
import { Source } from '../../code/source.tsx';
import { Says } from '../../parts/says.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { ApprovedBefore } from './approved-before.tsx';
import { Asked } from './asked.tsx';
import { Capabilities } from './capabilities.tsx';
import { Changes } from './changes.tsx';

const route = getRouteApi('/releases/$crate/$version');

/** What runs at build time: what it can do first, then what is new, then the source with the places marked. */
export function Code({
  id,
  release,
  file,
  line,
}: {
  readonly id: ReleaseId;
  readonly release: ReleaseJson;
  readonly file: string | undefined;
  readonly line: number | undefined;
}) {
  const [against, setAgainst] = useState<string>();
  const { data: code, error } = useQuery(codeQuery(id, against));
  const navigate = route.useNavigate();
  const [showsChanges, setShowsChanges] = useState(false);
  const [asked, setAsked] = useState<object>();
  if (error !== null) return <Trouble error={error} />;
  if (code === undefined) return <p aria-busy="true">Reading the archive…</p>;
  const shown = code.files.find(({ path }) => path === file) ?? code.files[0];
  const go = (path: string, to?: number) => {
    setShowsChanges(false);
    setAsked(to === undefined ? undefined : {});
    // The page stays where it is: its beginning is far from the code.
    void navigate({
      search: (now) => ({ ...now, file: path, line: to }),
      replace: true,
      resetScroll: false,
    });
  };
  return (
    <>
      <p>
        <Says text={code.summary} /> <span className="quiet">{code.reasons.join('; ')}.</span>
      </p>
      <Capabilities code={code} onPlace={go} />
      <Asked release={release} />
      <ApprovedBefore
        release={release}
        against={code.against}
        onCompare={(version) => {
          setAgainst(version);
          setShowsChanges(true);
        }}
      />
      {code.files.length > 0 && (
        <div className="toolbar">
          <label>
            File{' '}
            <select
              value={showsChanges ? '' : shown?.path}
              onChange={(event) =>
                event.target.value === '' ? setShowsChanges(true) : go(event.target.value)
              }
            >
              {code.against !== undefined && <option value="">what differs from {code.against}</option>}
              {code.files.map(({ path }) => (
                <option key={path} value={path}>
                  {path}
                  {countIn(code, path)}
                </option>
              ))}
            </select>
          </label>
          {code.against !== undefined && (
            <button
              type="button"
              aria-pressed={showsChanges}
              onClick={() => {
                setAsked(undefined);
                setShowsChanges(!showsChanges);
              }}
            >
              {code.diff.length === 0
                ? `Nothing differs from ${code.against}`
                : `Differs from ${code.against}: ${code.diff.length}`}
            </button>
          )}
          {code.more > 0 && (
            <span className="quiet">{code.more} more files are too long or too many to show.</span>
          )}
        </div>
      )}
      {showsChanges ? (
        <Changes code={code} onPlace={go} />
      ) : (
        shown !== undefined && (
          <Source
            key={shown.path}
            file={shown}
            colours={code.colours}
            marks={code.capabilities.filter((one) => one.file === shown.path)}
            line={shown.path === file ? line : undefined}
            asked={shown.path === file ? asked : undefined}
          />
        )
      )}
    </>
  );
}

function countIn(code: CodeJson, path: string): string {
  const count = code.capabilities.filter(({ file }) => file === path).length;
  return count === 0 ? '' : ` (${count})`;
}
