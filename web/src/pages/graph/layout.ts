/** Who needs whom, by place; those that nobody needs come first. */
export interface Edges {
  readonly uses: readonly (readonly number[])[];
}

/** Where each node is drawn: its left side and its middle. Pixels at full size. */
export interface Layout {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly width: number;
  readonly height: number;
}

/** Pixels: from column to column, from row to row, and of one node. */
export const measures = { column: 230, row: 24, node: 150, margin: 20 } as const;

/** Times that columns are sorted by their neighbours, to and fro. */
const sweeps = 6;

/**
 * Lays a graph out in columns: what needs something stands left of it, but for cycles. Within a column each stands as
 * near as can be to the middle of its neighbours. Pure; takes time in proportion to nodes and edges, and their
 * logarithm.
 */
export function layoutOf({ uses }: Edges): Layout {
  const { order, ahead } = acyclic(uses);
  const columns = columnsOf(order, ahead);
  const at = placed(columns, ahead);
  const tallest = Math.max(0, ...columns.map(({ length }) => length));
  const x: number[] = uses.map(() => 0);
  const y: number[] = uses.map(() => 0);
  for (const [i, column] of columns.entries())
    for (const node of column) {
      const above = (tallest - column.length) / 2;
      x[node] = measures.margin + i * measures.column;
      y[node] = measures.margin + (above + (at[node] ?? 0) + 0.5) * measures.row;
    }
  return {
    x,
    y,
    width: Math.max(0, columns.length - 1) * measures.column + measures.node + 2 * measures.margin,
    height: tallest * measures.row + 2 * measures.margin,
  };
}

/** An order in which what needs something comes before it, and the edges without those that close a cycle. */
function acyclic(uses: Edges['uses']): {
  readonly order: readonly number[];
  readonly ahead: readonly (readonly number[])[];
} {
  const state = new Uint8Array(uses.length);
  const ahead: number[][] = uses.map(() => []);
  const done: number[] = [];
  const needed = new Uint8Array(uses.length);
  for (const all of uses) for (const one of all) needed[one] = 1;
  const starts = [...uses.keys()].sort((a, b) => (needed[a] ?? 0) - (needed[b] ?? 0));
  const stack: { node: number; next: number }[] = [];
  for (const start of starts) {
    if (state[start] !== 0) continue;
    state[start] = 1;
    stack.push({ node: start, next: 0 });
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const to = uses[top.node]?.[top.next++];
      if (to === undefined) {
        state[top.node] = 2;
        done.push(top.node);
        stack.pop();
        continue;
      }
      if (state[to] === 1 || to >= uses.length) continue;
      ahead[top.node]?.push(to);
      if (state[to] !== 0) continue;
      state[to] = 1;
      stack.push({ node: to, next: 0 });
    }
  }
  return { order: done.reverse(), ahead };
}

/** Nodes by how many steps they are at most from one that nobody needs. */
function columnsOf(order: readonly number[], ahead: readonly (readonly number[])[]): readonly number[][] {
  const depth = new Uint32Array(ahead.length);
  const columns: number[][] = [];
  for (const node of order) {
    const own = depth[node] ?? 0;
    for (let i = columns.length; i <= own; i++) columns.push([]);
    columns[own]?.push(node);
    for (const to of ahead[node] ?? []) depth[to] = Math.max(depth[to] ?? 0, own + 1);
  }
  return columns;
}

/** The row of each node in its column; sorts the columns. */
function placed(columns: readonly number[][], ahead: readonly (readonly number[])[]): Float64Array {
  const at = new Float64Array(ahead.length);
  const behind: number[][] = ahead.map(() => []);
  for (const [from, all] of ahead.entries()) for (const to of all) behind[to]?.push(from);
  const settle = (column: number[]) => {
    for (const [row, node] of column.entries()) at[node] = row - column.length / 2;
  };
  for (const column of columns) settle(column);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const neighbours = sweep % 2 === 0 ? behind : ahead;
    for (const column of sweep % 2 === 0 ? columns : columns.toReversed()) {
      const middle = new Map(
        column.map((node) => [node, middleOf(neighbours[node] ?? [], at) ?? at[node] ?? 0]),
      );
      column.sort((a, b) => (middle.get(a) ?? 0) - (middle.get(b) ?? 0) || a - b);
      settle(column);
    }
  }
  for (const column of columns) for (const [row, node] of column.entries()) at[node] = row;
  return at;
}

function middleOf(nodes: readonly number[], at: Float64Array): number | undefined {
  return nodes.length === 0
    ? undefined
    : nodes.reduce((sum, node) => sum + (at[node] ?? 0), 0) / nodes.length;
}
