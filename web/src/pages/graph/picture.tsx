import { memo, type PointerEvent, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { type Layout, measures } from './layout.ts';
import { centred, fitting, type View, zoomed } from './view.ts';
import { lookOf, type Node, type Ways } from './ways.ts';

/** Pixels that an arrow key moves the picture by, and what + and − multiply its scale with. */
const [step, nearer] = [60, 1.25];

/**
 * The graph as a picture: dragged, turned nearer by the wheel, moved by the arrow keys, + − and 0. It is drawn once;
 * from then on each frame sets one attribute.
 */
export function Picture({
  nodes,
  layout,
  ways,
}: {
  readonly nodes: readonly Node[];
  readonly layout: Layout;
  readonly ways: Ways;
}) {
  const frame = useRef<SVGSVGElement>(null);
  const moved = useRef<SVGGElement>(null);
  const view = useRef<View>({ scale: 1, left: 0, top: 0 });
  const dragged = useRef<{ readonly x: number; readonly y: number }>(undefined);
  const waiting = useRef(0);

  const show = (next: View) => {
    view.current = next;
    // However many moves come in between, a frame is drawn once.
    waiting.current ||= requestAnimationFrame(() => {
      waiting.current = 0;
      const { scale, left, top } = view.current;
      moved.current?.setAttribute('transform', `translate(${left} ${top}) scale(${scale})`);
    });
  };
  const sizeOf = () => frame.current?.getBoundingClientRect() ?? new DOMRect();
  const fit = () => show(fitting(layout, sizeOf()));
  const zoom = (factor: number) =>
    show(zoomed(view.current, factor, sizeOf().width / 2, sizeOf().height / 2));
  const move = (left: number, top: number) =>
    show({ ...view.current, left: view.current.left + left, top: view.current.top + top });

  // biome-ignore lint/correctness/useExhaustiveDependencies: another graph, or another crate, is looked at anew.
  useLayoutEffect(() => {
    const look = () => {
      const [first] = ways.meant;
      const all = fitting(layout, sizeOf());
      // What can be read as a whole is shown as one.
      if (first === undefined || all.scale >= 0.6) return show(all);
      const [x, y] = [layout.x[first] ?? 0, layout.y[first] ?? 0];
      show(centred(x + measures.node / 2, y, sizeOf(), view.current));
    };
    look();
    // Another width of the page shows it anew.
    const watch = new ResizeObserver(look);
    if (frame.current !== null) watch.observe(frame.current);
    return () => watch.disconnect();
  }, [layout, ways]);

  // React listens to the wheel in a way that may not keep the page from scrolling.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `show` works on what stands in references.
  useEffect(() => {
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey && document.activeElement !== frame.current) return;
      event.preventDefault();
      const { left, top } = sizeOf();
      show(zoomed(view.current, 1.002 ** -event.deltaY, event.clientX - left, event.clientY - top));
    };
    const shown = frame.current;
    shown?.addEventListener('wheel', onWheel, { passive: false });
    return () => shown?.removeEventListener('wheel', onWheel);
  }, []);

  const onKey = (key: string): (() => void) | undefined => {
    switch (key) {
      case 'ArrowLeft':
        return () => move(step, 0);
      case 'ArrowRight':
        return () => move(-step, 0);
      case 'ArrowUp':
        return () => move(0, step);
      case 'ArrowDown':
        return () => move(0, -step);
      case '+':
      case '=':
        return () => zoom(nearer);
      case '-':
        return () => zoom(1 / nearer);
      case '0':
        return fit;
      default:
        return undefined;
    }
  };
  const onPointerMove = ({ clientX: x, clientY: y }: PointerEvent) => {
    if (dragged.current === undefined) return;
    move(x - dragged.current.x, y - dragged.current.y);
    dragged.current = { x, y };
  };
  return (
    <div className="graph">
      <div className="acts">
        <button type="button" onClick={() => zoom(nearer)}>
          Nearer
        </button>
        <button type="button" onClick={() => zoom(1 / nearer)}>
          Farther
        </button>
        <button type="button" onClick={fit}>
          All of it
        </button>
        <span className="quiet">
          In the picture: arrow keys, <kbd>+</kbd> <kbd>−</kbd> <kbd>0</kbd>, dragging, the wheel.
        </span>
      </div>
      <svg
        ref={frame}
        role="img"
        aria-label={`The graph: ${nodes.length} packages. The tree below has the same.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved by keys, and so takes the focus.
        tabIndex={0}
        onKeyDown={(event) => {
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          const act = onKey(event.key);
          if (act === undefined) return;
          event.preventDefault();
          act();
        }}
        onPointerDown={(event) => {
          dragged.current = { x: event.clientX, y: event.clientY };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={onPointerMove}
        onPointerUp={() => {
          dragged.current = undefined;
        }}
        onPointerCancel={() => {
          dragged.current = undefined;
        }}
      >
        <g ref={moved}>
          <Drawn nodes={nodes} layout={layout} ways={ways} />
        </g>
      </svg>
    </div>
  );
}

/** What is drawn, once for each graph and each crate that is looked for. */
const Drawn = memo(function Drawn({
  nodes,
  layout: { x, y },
  ways,
}: {
  readonly nodes: readonly Node[];
  readonly layout: Layout;
  readonly ways: Ways;
}) {
  const isAsked = ways.meant.size > 0;
  const { plain, along } = useMemo(() => {
    const [plain, along]: [string[], string[]] = [[], []];
    for (const [from, { uses }] of nodes.entries())
      for (const to of uses) {
        const isAlong = isAsked && ways.along.has(from) && ways.along.has(to);
        (isAlong ? along : plain).push(curve(x[from] ?? 0, y[from] ?? 0, x[to] ?? 0, y[to] ?? 0));
      }
    return { plain: plain.join(''), along: along.join('') };
  }, [nodes, x, y, ways, isAsked]);
  return (
    <>
      <path className={isAsked ? 'edges faint' : 'edges'} d={plain} />
      <path className="edges along" d={along} />
      {nodes.map((node, i) => {
        const { look, says } = lookOf(node);
        const isFaint = isAsked && !ways.along.has(i);
        const classes = `node ${look}${isFaint ? ' faint' : ''}${ways.meant.has(i) ? ' meant' : ''}`;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a node is its place.
          <g key={i} className={classes} transform={`translate(${x[i]} ${(y[i] ?? 0) - 10})`}>
            <title>{`${node.name} ${node.version}: ${says}`}</title>
            <rect width={measures.node} height={20} rx={3} />
            <text x={6} y={14}>
              {shortened(`${node.name} ${node.version}`)}
            </text>
          </g>
        );
      })}
    </>
  );
});

/** From the right side of one node to the left side of another. */
function curve(x: number, y: number, toX: number, toY: number): string {
  const start = x + measures.node;
  const bend = Math.max(30, (toX - start) / 2);
  return `M${start} ${y}C${start + bend} ${y} ${toX - bend} ${toY} ${toX} ${toY}`;
}

function shortened(text: string): string {
  return text.length > 22 ? `${text.slice(0, 21)}…` : text;
}
