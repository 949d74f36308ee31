import type { ApprovalsJson } from '../../../../src/server/approvals-contract.ts';
import { countOf } from '../../parts/count.ts';
import { Table } from '../../parts/table.tsx';
import { Toolbar } from '../../parts/toolbar.tsx';

type Week = ApprovalsJson['debt'][number];

const kinds = [
  ['waiting', 'releases that wait'],
  ['unread', 'approvals nobody read for'],
  ['lapsed', 'approvals that lapsed'],
] as const;

/** Width and height of the picture, in its own units. */
const [width, height] = [600, 120];

/** What nobody has looked at, week by week: as lines, and as the same numbers in a table. */
export function Debt({ weeks }: { readonly weeks: readonly Week[] }) {
  const most = Math.max(1, ...weeks.flatMap((week) => kinds.map(([kind]) => week[kind])));
  const line = (kind: (typeof kinds)[number][0]) =>
    weeks
      .map((week, at) => {
        const x = (at / Math.max(1, weeks.length - 1)) * width;
        return `${x.toFixed(1)},${(height - (week[kind] / most) * height).toFixed(1)}`;
      })
      .join(' ');
  return (
    <section>
      <h2>What nobody has looked at</h2>
      <svg
        className="debt"
        viewBox={`-4 -4 ${width + 8} ${height + 8}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <line x1="0" y1={height} x2={width} y2={height} />
        {kinds.map(([kind]) => (
          <polyline key={kind} className={kind} points={line(kind)} />
        ))}
      </svg>
      <ul className="legend">
        {kinds.map(([kind, word]) => (
          <li key={kind} className={kind}>
            {word}: {weeks.at(-1)?.[kind] ?? 0}
          </li>
        ))}
      </ul>
      <details>
        <summary>Week by week</summary>
        <Toolbar
          says={countOf(weeks.length, 'week')}
          name="debt"
          rows={() => [
            ['until', ...kinds.map(([kind]) => kind)],
            ...weeks.map((week) => [week.at, ...kinds.map(([kind]) => String(week[kind]))]),
          ]}
        />
        <Table name="Week by week" heads={['Until', ...kinds.map(([, word]) => word)]}>
          {weeks.toReversed().map((week) => (
            <tr key={week.at}>
              <td>{week.at.slice(0, 10)}</td>
              {kinds.map(([kind]) => (
                <td key={kind}>{week[kind]}</td>
              ))}
            </tr>
          ))}
        </Table>
      </details>
    </section>
  );
}
