import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { ReleaseJson } from '../../../../src/server/contract.ts';
import { releaseQuery } from '../../api/queries.ts';
import { Copyable } from '../../parts/copyable.tsx';
import { ReleaseLink } from '../../parts/release-link.tsx';
import { Says } from '../../parts/says.tsx';
import { useSeen } from '../../parts/seen.ts';
import { State } from '../../parts/state.tsx';
import { Table } from '../../parts/table.tsx';
import { For, When } from '../../parts/when.tsx';

/** One release of a list, among all registries. */
export function idOf({ registry, crate, version }: ReleaseJson): string {
  return `${registry} ${crate} ${version}`;
}

/**
 * What may be used until then: asked for of the rows that somebody looks at, since it takes a whole crate; the marked
 * one has the command as well.
 */
function Passing({ release, marked }: { readonly release: ReleaseJson; readonly marked: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  const seen = useSeen(place);
  const { data } = useQuery({ ...releaseQuery(release), enabled: seen || marked });
  return (
    <div ref={place} className="quiet">
      {data === undefined ? '\u00a0' : said(data)}
      {marked && data?.instead !== undefined && (
        <>
          : <Copyable text={data.instead.command} />
        </>
      )}
    </div>
  );
}

function said({ instead }: { readonly instead?: { readonly version: string } | undefined }): string {
  return instead === undefined ? 'No version of it would pass.' : `${instead.version} would pass`;
}

/** The list itself: one row a release, the one that keys act on marked. */
export function Rows({
  releases,
  at,
  selected,
  onAt,
  onToggle,
}: {
  readonly releases: readonly ReleaseJson[];
  readonly at: number;
  readonly selected: ReadonlySet<string>;
  readonly onAt: (at: number) => void;
  readonly onToggle: (release: ReleaseJson) => void;
}) {
  const current = useRef<HTMLTableRowElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the row that is marked is another one then.
  useEffect(() => {
    // Newer browsers answer with a promise, which is no way to end an effect.
    void current.current?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  return (
    <Table name="Releases" heads={[{ hidden: 'Selected' }, 'Release', 'State', 'Why', 'Waits']}>
      {releases.map((release, index) => {
        const { crate, version, state, since, until, waiting, verdict } = release;
        const [first, ...others] = verdict.findings;
        return (
          <tr
            key={idOf(release)}
            ref={index === at ? current : null}
            className={index === at ? 'current' : undefined}
            onFocus={() => onAt(index)}
          >
            <td>
              <input
                type="checkbox"
                aria-label={`Select ${crate} ${version}`}
                checked={selected.has(idOf(release))}
                onChange={() => onToggle(release)}
              />
            </td>
            <td>
              <ReleaseLink {...release} />
            </td>
            <td>
              <State state={state} />
              <div className="quiet">
                {until === undefined ? (
                  <For since={since} />
                ) : (
                  <>
                    ends <When at={until} />
                  </>
                )}
              </div>
            </td>
            <td className="wide">
              <Says text={first?.message ?? 'Nothing speaks against it.'} />
              {others.length > 0 && <span className="quiet"> and {others.length} more</span>}
              {state !== 'promoted' && <Passing release={release} marked={index === at} />}
            </td>
            <td className="number">{waiting === undefined || waiting === 0 ? '' : waiting}</td>
          </tr>
        );
      })}
    </Table>
  );
}
