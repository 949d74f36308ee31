import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ExposureJson } from '../../../../src/server/exposure-contract.ts';
import { exposuresQuery } from '../../api/inventory.ts';
import { countOf } from '../../parts/count.ts';
import { Trouble } from '../../parts/trouble.tsx';
import { When } from '../../parts/when.tsx';

/** Exposures that are listed. */
const few = 8;

/** What runs of what advisories strike: by advisory, the newest first. */
export function Exposed({ lastVisit }: { readonly lastVisit: number }) {
  const { data, error, hasNextPage } = useInfiniteQuery(exposuresQuery);
  const exposures = data?.pages.flatMap(({ exposures }) => exposures) ?? [];
  const advisories = [...Map.groupBy(exposures, ({ advisory }) => advisory)];
  return (
    <section aria-busy={data === undefined && error === null} aria-label="Exposed">
      <h2>
        Exposed{' '}
        {exposures.length > 0 && (
          <Link to="/running" aria-label={`Exposed: all ${exposures.length}`}>
            {countOf(advisories.length, 'advisory', 'advisories')}
            {hasNextPage && '+'}
          </Link>
        )}
      </h2>
      {error !== null && <Trouble error={error} />}
      {data !== undefined && exposures.length === 0 && (
        <p className="empty">
          Nothing that runs or is installed is known to be struck by an advisory. It takes hosts that report:
          see <Link to="/running">Running</Link>.
        </p>
      )}
      <ul className="releases">
        {advisories.slice(0, few).map(([advisory, struck]) => {
          const newest =
            struck
              .map(({ opened }) => opened)
              .sort()
              .at(-1) ?? '';
          const isSeen = ({ statedBy }: ExposureJson) => statedBy === null;
          const hosts = new Set(struck.filter(isSeen).map(({ path }) => path[0]));
          const places = new Set(struck.filter((one) => !isSeen(one)).map(({ path }) => path[0]));
          const where = [
            ...(hosts.size > 0 ? [countOf(hosts.size, 'host')] : []),
            ...(places.size > 0 ? [`${countOf(places.size, 'place')} that nobody sees`] : []),
          ];
          return (
            <li key={advisory}>
              <Link to="/affected" search={{ of: advisory }} className="release">
                {advisory}
              </Link>
              {Date.parse(newest) > lastVisit && <span className="new">new</span>}
              <span className="quiet">
                {' '}
                {where.join(', ')}, <When at={newest} />
              </span>
              <p className="why">
                {struck[0]?.title ?? struck[0]?.component}
                {struck.some(({ restart }) => restart) && ' An upgrade is there: restart it.'}
              </p>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
