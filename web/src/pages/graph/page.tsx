import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import type { GraphJson } from '../../../../src/server/graph-contract.ts';
import { graphOf, graphQuery } from '../../api/graph.ts';
import { countOf } from '../../parts/count.ts';
import { Table } from '../../parts/table.tsx';
import { Toolbar } from '../../parts/toolbar.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { Choose } from './choose.tsx';
import { Picture } from './picture.tsx';
import { PackageName, Tree } from './tree.tsx';
import { useLayout } from './use-layout.ts';
import { isDrawable, lookOf, meantBy, sayWay, waysTo } from './ways.ts';

const route = getRouteApi('/graph');

/** Rows that are listed at most. */
const mostRows = 500;

/** A lockfile as a graph: of a change, of an artefact, or of a file that is dropped here. */
export function Graph() {
  const search = route.useSearch();
  const isAsked = search.change !== undefined || search.artefact !== undefined;
  const { data, error } = useQuery(graphQuery(search));
  const dropped = useMutation({ mutationFn: graphOf });
  const shown = isAsked ? data : dropped.data;
  return (
    <>
      <h1>{isAsked && shown !== undefined ? shown.title.replace(/^https?:\/\//i, '') : 'Graph'}</h1>
      {isAsked ? (
        <From search={search} before={shown?.before === true} />
      ) : (
        <Choose isReading={dropped.isPending} onFile={dropped.mutate} />
      )}
      {error !== null && isAsked && <Trouble error={error} />}
      {dropped.error !== null && !isAsked && <Trouble error={dropped.error} />}
      {isAsked && shown === undefined && error === null && <p aria-busy="true">Reading…</p>}
      {shown !== undefined && <Shown graph={shown} />}
    </>
  );
}

/** Where the graph is from, and the way to its other side. */
function From({
  search: { change, side, artefact },
  before,
}: {
  readonly search: ReturnType<typeof route.useSearch>;
  readonly before: boolean;
}) {
  return (
    <p>
      {change !== undefined && (
        <>
          <Link to="/changes/$id" params={{ id: change }}>
            The change
          </Link>
          {before && (
            <>
              {', '}
              <Link to="/graph" search={{ change, side: side === 'before' ? undefined : 'before' }}>
                {side === 'before' ? 'as the change leaves it' : 'as it was before'}
              </Link>
            </>
          )}
        </>
      )}
      {artefact !== undefined && (
        <Link to="/artefacts/$id" params={{ id: artefact }}>
          The artefact
        </Link>
      )}
      {', '}
      <Link to="/graph">another lockfile</Link>
    </p>
  );
}

function Shown({ graph: { nodes } }: { readonly graph: GraphJson }) {
  const { to = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const [typed, setTyped] = useState(to);
  const asked = useDeferredValue(typed);
  const edges = useMemo(
    () => (isDrawable(nodes) ? { uses: nodes.map(({ uses }) => uses) } : undefined),
    [nodes],
  );
  const layout = useLayout(edges);
  const ways = useMemo(() => waysTo(nodes, meantBy(nodes, asked)), [nodes, asked]);
  useEffect(() => {
    if (asked !== to) void navigate({ search: (all) => ({ ...all, to: asked || undefined }), replace: true });
  }, [asked, to, navigate]);
  const against = nodes.filter((node) => ['struck', 'blocked', 'held', 'yanked'].includes(lookOf(node).look));
  const listed = ways.meant.size > 0 ? nodes.filter((_, i) => ways.along.has(i)) : nodes;
  const rows = () => [
    ['name', 'version', 'source', 'state', 'yanked', 'advisories', 'needs'],
    ...listed.map(({ name, version, source, state, yanked, advisories, uses }) => [
      name,
      version,
      source ?? '',
      state ?? '',
      String(yanked),
      advisories.join(' '),
      uses.map((use) => `${nodes[use]?.name}@${nodes[use]?.version}`).join(' '),
    ]),
  ];
  return (
    <>
      <search>
        <label>
          Ways to{' '}
          <input
            type="search"
            value={typed}
            placeholder="crate or crate@version"
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
      </search>
      <p role="status">
        {countOf(nodes.length, 'package')},{' '}
        {against.length === 0
          ? 'nothing is known against any of them.'
          : `something is known against ${against.length}.`}{' '}
        {asked !== '' &&
          (ways.meant.size === 0
            ? 'None is called so.'
            : `${countOf(ways.meant.size, 'package')} looked for, by way of ${ways.along.size - ways.meant.size}.`)}
      </p>
      {ways.shortest.length > 0 && (
        <ul aria-label="The shortest ways">
          {ways.shortest.map((way) => (
            <li key={way.at(-1)}>{sayWay(nodes, way)}</li>
          ))}
        </ul>
      )}
      {edges === undefined || layout === 'failed' ? (
        <p>It is too large for a picture: the tree and the list have all of it.</p>
      ) : layout === undefined ? (
        <p aria-busy="true">Laying it out…</p>
      ) : (
        <Picture nodes={nodes} layout={layout} ways={ways} />
      )}
      <h2>As a tree</h2>
      {/* Another crate that is looked for opens other branches. */}
      <Tree key={asked} nodes={nodes} ways={ways} />
      <h2>As a list</h2>
      <Toolbar
        says={`${Math.min(mostRows, listed.length)} of ${countOf(listed.length, 'package')}`}
        name="graph"
        rows={rows}
      />
      <Table name="Packages" heads={['Package', 'Needs', 'From']}>
        {listed.slice(0, mostRows).map((node) => (
          <tr key={`${node.name} ${node.version} ${node.source}`}>
            <td>
              <PackageName node={node} />
            </td>
            <td>{node.uses.length}</td>
            <td className="breaks quiet">{node.source}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}
