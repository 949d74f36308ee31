import { type KeyboardEvent, useState } from 'react';
import { ReleaseLink } from '../../parts/release-link.tsx';
import { lookOf, type Node, opensItself, type Ways } from './ways.ts';

/** What needs much has its next ones asked for. */
const atOnce = 200;

/** The same graph as a tree that opens as one goes: each package below what needs it. */
export function Tree({ nodes, ways }: { readonly nodes: readonly Node[]; readonly ways: Ways }) {
  const [shown, setShown] = useState(atOnce);
  const needed = new Set(nodes.flatMap(({ uses }) => uses));
  const own = nodes.flatMap(({ isOwn }, i) => (isOwn ? [i] : []));
  const roots = own.length > 0 ? own : nodes.flatMap((_, i) => (needed.has(i) ? [] : [i]));
  // What only a cycle holds has no beginning: the first will do.
  const first = roots.length > 0 ? roots : nodes.slice(0, 1).map((_, i) => i);
  return (
    <ul className="tree" aria-label="The graph as a tree">
      {first.slice(0, shown).map((place) => (
        <Branch key={place} nodes={nodes} place={place} above={[]} ways={ways} />
      ))}
      <More count={first.length - shown} onMore={() => setShown(shown + atOnce)} />
    </ul>
  );
}

function Branch({
  nodes,
  place,
  above,
  ways,
}: {
  readonly nodes: readonly Node[];
  readonly place: number;
  /** Those that it stands below. */
  readonly above: readonly number[];
  readonly ways: Ways;
}) {
  const [chosen, setChosen] = useState<boolean>();
  const [shown, setShown] = useState(atOnce);
  const node = nodes[place];
  if (node === undefined) return null;
  const isOpen = chosen ?? (above.length === 0 || opensItself(ways, place, above.at(-1)));
  const uses = isOpen && !above.includes(place) ? sorted(nodes, node.uses, ways) : [];
  return (
    <li>
      {node.uses.length > 0 && !above.includes(place) ? (
        <button
          type="button"
          className="plain"
          aria-expanded={isOpen}
          aria-label={`${node.name} ${node.version} needs ${node.uses.length}`}
          onClick={() => setChosen(!isOpen)}
          onKeyDown={onArrow(isOpen, setChosen)}
        >
          {isOpen ? '▾' : '▸'} {node.uses.length}
        </button>
      ) : (
        <span className="quiet" aria-hidden="true">
          {above.includes(place) ? '↺' : '·'}
        </span>
      )}{' '}
      <PackageName node={node} isMeant={ways.meant.has(place)} />
      {uses.length > 0 && (
        <ul>
          {uses.slice(0, shown).map((use) => (
            <Branch key={use} nodes={nodes} place={use} above={[...above, place]} ways={ways} />
          ))}
          <More count={uses.length - shown} onMore={() => setShown(shown + atOnce)} />
        </ul>
      )}
    </li>
  );
}

function More({ count, onMore }: { readonly count: number; readonly onMore: () => void }) {
  if (count <= 0) return null;
  return (
    <li>
      <button type="button" className="plain" onClick={onMore}>
        {count} more
      </button>
    </li>
  );
}

/** Right opens and left closes, as in any tree. */
function onArrow(isOpen: boolean, choose: (open: boolean) => void) {
  return (event: KeyboardEvent) => {
    if (event.key !== (isOpen ? 'ArrowLeft' : 'ArrowRight')) return;
    event.preventDefault();
    choose(!isOpen);
  };
}

/** What lies on a way to what is looked for comes first. */
function sorted(nodes: readonly Node[], uses: readonly number[], { along, meant }: Ways): readonly number[] {
  const isAlong = (place: number) => (meant.size > 0 && along.has(place) ? 0 : 1);
  return uses.toSorted(
    (a, b) => isAlong(a) - isAlong(b) || (nodes[a]?.name ?? '').localeCompare(nodes[b]?.name ?? ''),
  );
}

/** A package, the way to its release where there is one, and what speaks against it. */
export function PackageName({ node, isMeant = false }: { readonly node: Node; readonly isMeant?: boolean }) {
  const { look, says } = lookOf(node);
  const { name, version, registry, state } = node;
  const isKnown = registry !== null && state !== null;
  return (
    <>
      {isKnown ? (
        <ReleaseLink crate={name} version={version} registry={registry} />
      ) : (
        <>
          <strong>{name}</strong> <span className="version">{version}</span>
        </>
      )}{' '}
      <span className={`look ${look}`}>{says}</span>
      {node.yanked && look !== 'yanked' && <span className="quiet"> yanked</span>}
      {isMeant && <span className="new">looked for</span>}
    </>
  );
}
